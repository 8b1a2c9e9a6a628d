"""Runs of a program in which a call fails, or the machine loses its power.

tests/lib/faults.c, preloaded, counts the calls by which a program changes the world. A run with no
fault tells how many there are; then each of them can be made to fail. A record of all changes
tells what a disk holds at any moment, if only what was synced is sure to be there.
"""

import errno
import mmap
import os
import random
import shutil
import struct

from diurna import build_dir

LIBRARY = "tests/lib/libfaults.so"
STATE = struct.Struct("=QQQQIIiI")
RECORD = struct.Struct("=B7xQQII")

KINDS = {"write": 1, "sync": 2, "name": 4, "truncate": 8, "open": 16, "spawn": 32, "send": 64, "socket": 128}
DISK = ("write", "sync", "name", "truncate", "open")
FAIL, SHORT, KILL_BEFORE, KILL_AFTER = 1, 2, 3, 4
NEVER = 2**63


def preloaded():
    """The preloaded library, or None where the build has none."""
    path = os.path.join(build_dir(), LIBRARY)
    return path if os.path.exists(path) else None


class Faults:
    """The fault of the next run in that home."""

    def __init__(self, home, kinds, is_recorded=False):
        # Where what a confined daemon starts can read and write.
        library = shutil.copy(preloaded(), home.path("faults.so"))
        self.path = home.path("faults")
        self.record = home.path("record") if is_recorded else None
        self.kinds = sum(KINDS[k] for k in kinds)
        self.env = {"LD_PRELOAD": library, "FAULTS_STATE": self.path, "FAULTS_ROOT": home.directory}
        if is_recorded:
            self.env["FAULTS_LOG"] = self.record
        self.set(0, 0)

    def set(self, first, action, error="ENOSPC", last=None):
        """Call number `first` fails, or all from there up to and with `last`."""
        state = STATE.pack(0, first, last or first, 0, self.kinds, action, getattr(errno, error), 0)
        with open(self.path, "wb") as file:
            file.write(state)

    def _read(self):
        with open(self.path, "rb") as file:
            return STATE.unpack(file.read(STATE.size))

    @property
    def count(self):
        return self._read()[0]

    @property
    def hits(self):
        return self._read()[3]

    def over(self):
        """What failed works again, while programs run."""
        with open(self.path, "r+b") as file, mmap.mmap(file.fileno(), STATE.size) as state:
            struct.pack_into("=Q", state, 8, NEVER)


class File:
    """Bytes of a file: what is sure, and what was written since it was synced."""

    def __init__(self):
        self.sure = b""
        self.later = []  # (offset, bytes), or (size, None): cut

    @staticmethod
    def _apply(content, changes):
        content = bytearray(content)
        for offset, data in changes:
            if data is None:
                del content[offset:]
                content.extend(bytes(offset - len(content)))
            else:
                content.extend(bytes(max(0, offset - len(content))))
                content[offset:offset + len(data)] = data
        return bytes(content)

    def sync(self):
        self.sure = self._apply(self.sure, self.later)
        self.later = []

    def whole(self):
        return self._apply(self.sure, self.later)

    def surviving(self, chance):
        """What a power failure leaves; chance None: nothing that is not sure."""
        if chance is None:
            return self.sure
        kept = []
        for offset, data in self.later:
            if data is None:
                if chance.random() < 0.5:
                    kept.append((offset, None))
                continue
            for start in range(0, len(data), 512):  # a sector is written or not
                if chance.random() < 0.5:
                    kept.append((offset + start, data[start:start + 512]))
        return self._apply(self.sure, kept)


class Disk:
    """The folder `root` after the first changes of a record."""

    def __init__(self, root):
        self.root = root
        self.files = {}  # inode -> File
        self.sure = {}  # path -> File, ("link", target) or ("folder",)
        self.now = {}
        self.later = []  # changes of names that are not sure: (folders, function)
        self.whole = {}  # path -> every content that it was given by a rename

    def _name(self, *paths, change):
        change(self.now)
        self.later.append(({os.path.dirname(p) for p in paths}, change))

    def apply(self, change, inode, offset, path, data):
        if change == "C":
            file = self.files[inode] = File()
            self._name(path, change=lambda names: names.__setitem__(path, file))
        elif change == "W":
            self.files.setdefault(inode, File()).later.append((offset, data))
        elif change == "T":
            self.files.setdefault(inode, File()).later.append((offset, None))
        elif change == "S":
            self.files.setdefault(inode, File()).sync()
        elif change == "D":
            left = []
            for folders, make in self.later:
                if path in folders:
                    make(self.sure)
                else:
                    left.append((folders, make))
            self.later = left
        elif change == "R":
            to = data.decode()
            moved = self.now.get(path)
            if isinstance(moved, File):
                self.whole.setdefault(to, set()).add(moved.whole())

            def rename(names):
                if path in names:
                    names[to] = names.pop(path)
            self._name(path, to, change=rename)
        elif change == "U":
            self._name(path, change=lambda names: names.pop(path, None))
        elif change == "M":
            self._name(path, change=lambda names: names.__setitem__(path, ("folder",)))
        elif change == "L":
            target = data.decode()
            self._name(path, change=lambda names: names.__setitem__(path, ("link", target)))

    def restore(self, to, chance=None):
        """Make in the folder `to` what a power failure leaves now."""
        names = dict(self.sure)
        if chance is not None:
            for _, make in self.later[:chance.randrange(len(self.later) + 1)]:
                make(names)
        for path in sorted(names):
            thing = names[path]
            # The shared memory of SQLite's log is memory; a lock is none any more.
            if path.endswith("-shm"):
                continue
            place = to + path[len(self.root):]
            if not os.path.isdir(os.path.dirname(place)):
                continue  # its folder is not there
            if isinstance(thing, File):
                with open(place, "wb") as file:
                    file.write(thing.surviving(chance))
            elif thing[0] == "link":
                os.symlink(thing[1], place)
            else:
                os.makedirs(place, exist_ok=True)


def changes(record):
    """The changes of a record, in order."""
    with open(record, "rb") as file:
        while head := file.read(RECORD.size):
            change, inode, offset, path_len, data_len = RECORD.unpack(head)
            yield chr(change), inode, offset, file.read(path_len).decode(), file.read(data_len)


def spread(count, wanted):
    """About `wanted` numbers from 1 to count, evenly; all of them when that many are wanted."""
    step = max(1, count // wanted)
    return list(range(1 + random.Random(count).randrange(step), count + 1, step))


def fresh(path):
    """An empty folder there."""
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path
