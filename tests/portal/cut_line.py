"""A line to Temporal that can be cut: what whoever speaks then hears is what an outage says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class CutLine:
    """Passes every byte on, both ways, until it is cut."""

    def __init__(self, to: str) -> None:
        self._host, _, self._port = to.rpartition(":")
        self._ends: list[asyncio.StreamWriter] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.address = ""
        self.is_cut = False

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.close()
            return
        far_reader, far_writer = await asyncio.open_connection(self._host, int(self._port))
        self._ends += [writer, far_writer]
        self._tasks += [
            asyncio.create_task(_pass_on(reader, far_writer)),
            asyncio.create_task(_pass_on(far_reader, writer)),
        ]

    async def cut(self) -> None:
        self.is_cut = True
        for end in self._ends:
            end.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, RuntimeError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()


@asynccontextmanager
async def a_line(to: str) -> AsyncIterator[CutLine]:
    """A line that holds for as long as nobody cuts it."""
    line = CutLine(to)
    server = await asyncio.start_server(line.take, "127.0.0.1", 0)
    line.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield line
    server.close()
    await line.cut()
    await server.wait_closed()
