-- CreateTable
CREATE TABLE "Run" (
    "id" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "owner" TEXT NOT NULL DEFAULT 'local',
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "request" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "options" JSON NOT NULL,
    "detail" TEXT NOT NULL,
    "lastEvent" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "Run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RunEvent" (
    "runId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "type" TEXT NOT NULL,
    "data" JSON NOT NULL,

    CONSTRAINT "RunEvent_pkey" PRIMARY KEY ("runId","position")
);

-- CreateTable
CREATE TABLE "ModelCall" (
    "key" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "owner" TEXT NOT NULL DEFAULT 'local',
    "chain" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "baseUrl" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "parameters" JSON NOT NULL,
    "outputMode" TEXT NOT NULL,
    "outputSchema" JSON NOT NULL,
    "messages" JSON NOT NULL,
    "inputs" JSON NOT NULL,
    "attempt" INTEGER NOT NULL,
    "sample" INTEGER NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "reply" TEXT NOT NULL,
    "finishReason" TEXT NOT NULL,
    "inputTokens" INTEGER NOT NULL,
    "cachedTokens" INTEGER NOT NULL,
    "outputTokens" INTEGER NOT NULL,
    "price" DECIMAL(20,10),
    "latencyMs" INTEGER NOT NULL,

    CONSTRAINT "ModelCall_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "RunCall" (
    "runId" TEXT NOT NULL,
    "chain" TEXT NOT NULL,
    "place" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "sample" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sequence" SERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "hit" BOOLEAN NOT NULL,

    CONSTRAINT "RunCall_pkey" PRIMARY KEY ("runId","chain","place","attempt","sample")
);

-- CreateTable
CREATE TABLE "Evidence" (
    "runId" TEXT NOT NULL,
    "place" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "content" TEXT NOT NULL,

    CONSTRAINT "Evidence_pkey" PRIMARY KEY ("runId","place","kind")
);

-- CreateIndex
CREATE INDEX "Run_owner_id_idx" ON "Run"("owner", "id" DESC);

-- CreateIndex
CREATE INDEX "Run_owner_status_id_idx" ON "Run"("owner", "status", "id" DESC);

-- CreateIndex
CREATE INDEX "ModelCall_owner_chain_createdAt_idx" ON "ModelCall"("owner", "chain", "createdAt" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "RunCall_sequence_key" ON "RunCall"("sequence");

-- CreateIndex
CREATE INDEX "RunCall_key_idx" ON "RunCall"("key");

-- AddForeignKey
ALTER TABLE "RunEvent" ADD CONSTRAINT "RunEvent_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RunCall" ADD CONSTRAINT "RunCall_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RunCall" ADD CONSTRAINT "RunCall_key_fkey" FOREIGN KEY ("key") REFERENCES "ModelCall"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Evidence" ADD CONSTRAINT "Evidence_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;
