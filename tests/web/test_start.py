"""The server answers /healthz before the rest of the hub is there, so what the rest needs must not hold it up."""

import subprocess
import sys


def test_the_server_starts_without_what_only_accounts_and_tls_need() -> None:
    code = (
        "import sys, hub.web.server; later = {'sqlalchemy', 'alembic', 'argon2', 'cryptography', 'ifaddr'};"
        "print(sorted(later & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.strip() == "[]"
