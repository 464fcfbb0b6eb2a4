"""How a peer tells what it sees: one object a line, whole, whichever thread writes it.

    lines.py THREADS EACH

Run by itself, it writes that many lines from each of so many threads, for a look at whether they are whole.
"""

import json
import sys
import threading

_writing = threading.Lock()


def tell(event):
    """Writes an object as a line of its own.

    print() writes a text and its end apart, and another thread's text may come between.
    """
    with _writing:
        print(json.dumps(event), flush=True)


def main():
    threads, each = map(int, sys.argv[1:])

    def write(thread):
        for number in range(each):
            tell({"thread": thread, "number": number})

    writers = [threading.Thread(target=write, args=(thread,)) for thread in range(threads)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()


if __name__ == "__main__":
    main()
