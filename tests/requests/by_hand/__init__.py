"""What a stranger who read only the sentence expects of the service, asked over HTTP.

Each module has `scenario(api)`; it runs inside of the sandbox, in the folder of the service.
"""
