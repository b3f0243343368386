"""What a closed session left open is ended, and nothing else."""

import socket
from pathlib import Path

from hub.swarm.leftovers import end_connections_of

OPEN_FILES = Path("/dev/fd")


def test_connections_accepted_on_a_port_are_ended_and_no_others() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mesh, socket.create_server(("127.0.0.1", 0)) as other:
        far = [socket.create_connection(server.getsockname()) for server in (mesh, other)]
        near = [server.accept()[0] for server in (mesh, other)]
        port = mesh.getsockname()[1]
        mesh.close()
        open_before = len(list(OPEN_FILES.iterdir()))
        assert end_connections_of(port) == 1
        assert len(list(OPEN_FILES.iterdir())) == open_before
        assert far[0].recv(1) == b""
        near[1].sendall(b"x")
        assert far[1].recv(1) == b"x"
        assert end_connections_of(1) == 0
        for connection in (*far, *near):
            connection.close()
