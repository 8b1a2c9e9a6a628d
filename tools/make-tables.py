#!/usr/bin/python3
"""Write the tables of the parser that come from standards: single-byte character sets and the
named character references of HTML. Run by hand when a standard changes:

    tools/make-tables.py charset > src/parse/charset_tables.h
    tools/make-tables.py entities > src/parse/entity_table.h

Both come from Python's own copies (codecs; html.entities, the list of WHATWG HTML 13.5). The
labels are those of the Encoding Standard, 4.2, and the aliases that Python knows.
"""
import encodings.aliases
import html.entities
import sys

# name as we report it, Python's codec, labels of the Encoding Standard without punctuation
SINGLE = [
    ("windows-1252", "cp1252", "ansix341968 ascii cp1252 cp819 csisolatin1 ibm819 iso88591 "
     "isoir100 l1 latin1 usascii windows1252 xcp1252 iso646us us ansi westerneuropean"),
    ("windows-1250", "cp1250", "cp1250 windows1250 xcp1250"),
    ("windows-1251", "cp1251", "cp1251 windows1251 xcp1251 win1251"),
    ("windows-1253", "cp1253", "cp1253 windows1253 xcp1253"),
    ("windows-1254", "cp1254", "cp1254 csisolatin5 iso88599 isoir148 l5 latin5 windows1254 xcp1254"),
    ("windows-1255", "cp1255", "cp1255 windows1255 xcp1255"),
    ("windows-1256", "cp1256", "cp1256 windows1256 xcp1256"),
    ("windows-1257", "cp1257", "cp1257 windows1257 xcp1257"),
    ("windows-1258", "cp1258", "cp1258 windows1258 xcp1258"),
    ("windows-874", "cp874", "dos874 iso885911 tis620 windows874 cp874 thai"),
    ("iso-8859-2", "iso8859_2", "csisolatin2 iso88592 isoir101 l2 latin2"),
    ("iso-8859-3", "iso8859_3", "csisolatin3 iso88593 isoir109 l3 latin3"),
    ("iso-8859-4", "iso8859_4", "csisolatin4 iso88594 isoir110 l4 latin4"),
    ("iso-8859-5", "iso8859_5", "csisolatincyrillic cyrillic iso88595 isoir144"),
    ("iso-8859-6", "iso8859_6", "arabic asmo708 csiso88596e csiso88596i csisolatinarabic ecma114 "
     "iso88596 iso88596e iso88596i isoir127"),
    ("iso-8859-7", "iso8859_7", "csisolatingreek ecma118 elot928 greek greek8 iso88597 isoir126 suneugreek"),
    ("iso-8859-8", "iso8859_8", "csiso88598e csisolatinhebrew hebrew iso88598 iso88598e isoir138 "
     "visual csiso88598i iso88598i logical"),
    ("iso-8859-10", "iso8859_10", "csisolatin6 iso885910 isoir157 l6 latin6"),
    ("iso-8859-13", "iso8859_13", "iso885913 l7 latin7"),
    ("iso-8859-14", "iso8859_14", "iso885914 l8 latin8"),
    ("iso-8859-15", "iso8859_15", "csisolatin9 iso885915 l9 latin9"),
    ("iso-8859-16", "iso8859_16", "iso885916 l10 latin10"),
    ("koi8-r", "koi8_r", "cskoi8r koi koi8 koi8r"),
    ("koi8-u", "koi8_u", "koi8ru koi8u"),
    ("koi8-t", "koi8_t", "koi8t"),
    ("ptcp154", "ptcp154", "ptcp154 csptcp154 pt154 cp154 cyrillicasian"),
    ("kz1048", "kz1048", "kz1048 strk10482002 rk1048"),
    ("macintosh", "mac_roman", "csmacintosh mac macintosh xmacroman macroman"),
    ("x-mac-cyrillic", "mac_cyrillic", "xmaccyrillic xmacukrainian maccyrillic"),
    ("x-mac-greek", "mac_greek", "xmacgreek macgreek"),
    ("x-mac-ce", "mac_latin2", "xmacce xmaccentraleurroman maccentraleurope macce maclatin2"),
    ("x-mac-turkish", "mac_turkish", "xmacturkish macturkish"),
    ("x-mac-icelandic", "mac_iceland", "xmacicelandic maciceland"),
    ("hp-roman8", "hp_roman8", "hproman8 roman8 r8 cshproman8"),
    ("tis-620", "tis_620", ""),
    ("ibm866", "cp866", "866 cp866 csibm866 ibm866"),
]
for page in "437 720 737 775 850 852 855 857 858 860 861 862 863 864 865 869 1125 1006".split():
    SINGLE.append(("cp" + page, "cp" + page, "cp%s ibm%s %s" % (page, page, page)))

# EBCDIC: every byte differs
WHOLE = [("ibm" + n, "cp" + n, "cp%s ibm%s ebcdiccp%s" % (n, n, n))
         for n in "037 273 424 500 875 1026 1140".split()]


def squeeze(label):
    return "".join(c for c in label.lower() if c.isalnum())


def labels_of(codec, labels):
    found = labels.split()
    for alias, target in encodings.aliases.aliases.items():
        if target == codec and squeeze(alias) not in found:
            found.append(squeeze(alias))
    return found


def charset():
    print("/* Written by tools/make-tables.py: change that. */")
    print("/* clang-format off */")
    seen, rows = set(), []
    for name, codec, labels in SINGLE + WHOLE:
        first = 0 if (name, codec, labels) in WHOLE else 128
        table = []
        for byte in range(first, 256):
            try:
                code = ord(bytes([byte]).decode(codec))
            except UnicodeDecodeError:
                code = byte if name.startswith("windows") else 0xFFFD
            table.append(code)
        mine = [l for l in labels_of(codec, labels) if l not in seen]
        seen.update(mine)
        if not mine:
            continue
        ident = "table_" + name.replace("-", "_")
        print("static const uint16_t %s[%d] = {" % (ident, len(table)))
        for i in range(0, len(table), 16):
            print("\t" + ",".join("0x%X" % c for c in table[i:i + 16]) + ",")
        print("};")
        rows.append((name, " ".join(mine), ident, first))
    print("static const struct single_byte single_bytes[] = {")
    for name, labels, ident, first in rows:
        print('\t{"%s", " %s ", %s, %d},' % (name, labels, ident, first))
    print("};")
    print("/* clang-format on */")


def c_string(text):
    return "".join("\\%03o" % b for b in text.encode())


def entities():
    print("/* Written by tools/make-tables.py: change that. Sorted by bytes. */")
    print("/* clang-format off */")
    print("static const struct entity entities[] = {")
    line = ""
    legacy = {n for n in html.entities.html5 if not n.endswith(";")}
    for name in sorted({n.rstrip(";") for n in html.entities.html5}):
        cell = '{"%s", "%s", %d},' % (name, c_string(html.entities.html5[name + ";"]), name in legacy)
        if len(line) + len(cell) > 92:
            print("\t" + line)
            line = ""
        line += cell
    print("\t" + line)
    print("};")
    print("/* clang-format on */")


{"charset": charset, "entities": entities}[sys.argv[1]]()
