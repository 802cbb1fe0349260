# SPDX-License-Identifier: MIT
"""A TCP relay on loopback that does to connections what bad networks do. What happens to which
connection follows from the seed and the order in which they come.

  clean    octets go through as they come
  delay    each piece waits a little
  chunks   pieces of a few octets
  stall    after some octets nothing passes for a while, then it goes on
  cut      after some octets both sides see an orderly end
  reset    after some octets both sides see a reset
  silence  after some octets nothing passes any more, until one side gives up or time is up
"""
import asyncio
import collections
import random
import socket
import struct
import threading

FAULTS = ("clean", "clean", "delay", "chunks", "stall", "cut", "reset", "silence")
PIECE = 65536
SILENCE_SECONDS = 8


class Fault:
    """What one connection suffers: which fault, after how many octets, how much of it."""

    def __init__(self, chance):
        self.name = chance.choice(FAULTS)
        self.after = int(10 ** chance.uniform(0, 6))
        self.size = chance.randint(1, 60)
        self.seconds = chance.uniform(0.001, 0.02)
        self.stall_seconds = chance.uniform(0.5, 3)
        self.passed = 0


class Broken(Exception):
    """The connection ends by its fault."""


class Relay:
    """Runs in a thread of its own until stop()."""

    def __init__(self, target, seed):
        self.target = target
        self.chance = random.Random(seed)
        self.counts = collections.Counter()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(lambda loop, context: None)  # connections break here
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(asyncio.start_server(self.serve, sock=self.listener))
        self.loop.run_forever()
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    async def serve(self, reader, writer):
        fault = Fault(self.chance)
        self.counts[fault.name] += 1
        other_reader, other_writer = await asyncio.open_connection("127.0.0.1", self.target)
        both = (writer, other_writer)
        ways = [asyncio.ensure_future(self.pass_on(reader, other_writer, fault)),
                asyncio.ensure_future(self.pass_on(other_reader, writer, fault))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            if fault.name == "reset" and fault.passed >= fault.after:
                for end in both:
                    end.get_extra_info("socket").setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            for end in both:
                end.transport.abort() if fault.name == "reset" else end.close()

    async def pass_on(self, source, drain, fault):
        size = fault.size if fault.name == "chunks" else PIECE
        while octets := await source.read(size):
            await self.suffer(fault)
            fault.passed += len(octets)
            drain.write(octets)
            await drain.drain()
        if drain.can_write_eof():
            drain.write_eof()

    async def suffer(self, fault):
        if fault.name == "delay":
            await asyncio.sleep(fault.seconds)
        if fault.passed < fault.after:
            return
        if fault.name == "stall":
            fault.after = fault.passed + fault.after + 1
            await asyncio.sleep(fault.stall_seconds)
        elif fault.name == "silence":
            await asyncio.sleep(SILENCE_SECONDS)
            raise Broken
        elif fault.name in ("cut", "reset"):
            raise Broken
