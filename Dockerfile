# codex itself, for an ordinary user in a stock, unprivileged container.
#
#   docker build -t codex .
#   docker run --rm -v codex:/data codex build "A to-do list with tasks." --yes
#
# What runs is installed in one stage and copied to the next.
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
WORKDIR /codex
# A pip.conf (and the ca.pem that it names) beside this file is used here and gets no further.
COPY pyproject.toml requirements.lock tools/runtime_lock.py pip.con[f] ca.pe[m] /build/
RUN python -m venv /venv \
    && python /build/runtime_lock.py /build > /build/runtime.lock \
    && PIP_CONFIG_FILE=/build/pip.conf \
    /venv/bin/pip install --no-cache-dir --require-hashes -r /build/runtime.lock
# The query engine, from npm; then the client, which is generated.
COPY codex/common/database/engine /codex/codex/common/database/engine
RUN NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
    PATH=/venv/bin:$PATH npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
    --prefix codex/common/database/engine
COPY schema.prisma /codex/schema.prisma
COPY codex /codex/codex
RUN export PATH=/venv/bin:$PATH \
    && python -m codex.common.database.generate \
    && python -m compileall -q codex \
    && echo /codex > "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/codex.pth" \
    && printf '#!/venv/bin/python\nimport sys\nfrom codex.__main__ import main\nsys.exit(main())\n' \
    > /venv/bin/codex \
    && chmod +x /venv/bin/codex

FROM ${BASE}
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_CACHE_HOME=/data/cache \
    CODEX_DATA_DIR=/data
RUN useradd --system --uid 10001 --home-dir /work --shell /usr/sbin/nologin codex \
    && mkdir -p /data /work && chown codex /data /work
COPY --from=build /venv /venv
COPY --from=build /codex /codex
USER codex
# The embedded database, the environments of services, and what was fetched for them.
VOLUME /data
WORKDIR /work
ENTRYPOINT ["codex"]
