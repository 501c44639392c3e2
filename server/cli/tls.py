"""Certificate and key, looked at before anything serves with them: what keeps them from being used, in words."""

import os
import ssl
from pathlib import Path

from server.errors import BadInput
from server.settings import Settings


def fault(settings: Settings) -> str | None:
    """What is wrong with them; None where all is well, or nothing was asked for."""
    for name in ("tls_cert", "tls_key"):
        file = getattr(settings, name)
        if file and not (os.access(file, os.R_OK) and Path(file).is_file()):
            return f"{name}: {file} does not exist or cannot be read."
    if not settings.tls:
        return None
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings.tls_cert, settings.tls_key, password=_refuse)
    except BadInput as error:
        return error.message
    except (OSError, ValueError) as error:  # wrong files, and files that have gone since
        return f"tls_cert and tls_key cannot be used together: {error}."
    return None


def _refuse() -> str:
    """OpenSSL would ask the terminal, and a server that restarts at night waits for an answer."""
    raise BadInput("tls_key asks for a pass phrase. Take it off: openssl pkey -in KEY -out NEW-KEY")
