"""What one template may use. The numbers are for messages of a chat, with room to spare."""

from __future__ import annotations

#: UTF-8 bytes of a template's source and of what it renders to.
SOURCE_BYTES = 64 * 1024
OUTPUT_BYTES = 256 * 1024
#: JSON bytes of the values that one template may see.
CONTEXT_BYTES = 1024 * 1024
#: Members of a range such as ``(1..100)``, passes of all loops, members of a list made by a filter.
ITEMS = 10_000
#: Characters of a string, and bits of a whole number, made by a filter.
VALUE_CHARS = 1_000_000
NUMBER_BITS = 4096
#: Seconds of processor time for one template: first a polite stop, then the kernel's.
CPU_S = 0.5
CPU_KILL_S = 3
#: Address space of the child process.
MEMORY_BYTES = 512 * 1024 * 1024
#: UTF-8 bytes of answers that the child gathers, and of requests that it is sent, in one round trip.
BATCH_BYTES = 8 * 1024 * 1024
