#include "parse/charset.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"
#include "parse/charset_codec.h"

#include <string.h>
#include <uchardet.h>

enum {
	LABEL_BYTES = 64,         /* a longer name is none */
	DETECT_BYTES = 64 * 1024, /* what the detector is shown */
	DETECT_HIGH_BYTES = 24,   /* fewer bytes above ASCII prove nothing */
	LATIN_RUN = 4,     /* Latin letters with accents beside each other: a word has less */
	META_BYTES = 4096, /* WHATWG says 1024; publishers put the charset later */
	DECLARATION_BYTES = 1024,
};

/* A name found in the document or its header, without its quotes. */
struct label {
	char text[LABEL_BYTES];
};

static bool label_set(struct label *label, const char *from, const char *end)
{
	size_t len = (size_t)(end - from);

	if (len == 0 || len >= sizeof(label->text))
		return false;
	memcpy(label->text, from, len);
	label->text[len] = '\0';
	return true;
}

/* The value after a name and '=' within [p, end). */
static bool find_value(const char *p, const char *end, const char *name, struct label *label)
{
	size_t len = strlen(name);
	const char *from;
	char quote = 0;

	for (; p + len < end; p++) {
		if (strncasecmp(p, name, len) != 0)
			continue;
		from = p + len;
		while (from < end && str_is_space(*from))
			from++;
		if (from == end || *from != '=')
			continue;
		from++;
		while (from < end && str_is_space(*from))
			from++;
		if (from < end && (*from == '"' || *from == '\''))
			quote = *from++;
		for (p = from; p < end; p++) {
			if (quote ? *p == quote : str_is_space(*p) || strchr(";,\"'>/?", *p))
				break;
		}
		return label_set(label, from, p);
	}
	return false;
}

static bool label_of_type(const char *content_type, struct label *label)
{
	if (!content_type)
		return false;
	return find_value(content_type, content_type + strlen(content_type), "charset", label);
}

/* XML 1.0, 4.3.3. The declaration may stand behind junk, so it is looked for. */
static bool label_of_declaration(const char *body, size_t len, struct label *label)
{
	size_t n = len < DECLARATION_BYTES ? len : DECLARATION_BYTES;
	const char *start = memmem(body, n, "<?xml", 5), *end;

	if (!start)
		return false;
	end = memmem(start, len - (size_t)(start - body), "?>", 2);
	if (!end)
		end = memchr(start, '>', len - (size_t)(start - body));
	return end && find_value(start, end, "encoding", label);
}

/* WHATWG HTML, 13.2.3.2: prescan, simplified: comments are skipped, tags other than meta ignored.
 */
static bool label_of_meta(const char *body, size_t len, struct label *label)
{
	const char *p = body, *end = body + (len < META_BYTES ? len : META_BYTES), *close;

	while (p < end && (p = memchr(p, '<', (size_t)(end - p))) != NULL) {
		if (end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
			p = memmem(p, (size_t)(end - p), "-->", 3);
			if (!p)
				return false;
		} else if (end - p > 5 && strncasecmp(p, "<meta", 5) == 0) {
			close = memchr(p, '>', (size_t)(end - p));
			if (find_value(p, close ? close : end, "charset", label))
				return true;
		}
		p++;
	}
	return false;
}

struct mark {
	const char *bytes;
	size_t len;  /* of bytes */
	size_t skip; /* bytes that are no text */
	const char *charset;
};

static const char *match_marks(
	const struct mark *marks, size_t count, const char *body, size_t len, size_t *skip)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (len >= marks[i].len && memcmp(body, marks[i].bytes, marks[i].len) == 0) {
			*skip = marks[i].skip;
			return marks[i].charset;
		}
	}
	return NULL;
}

/* What the first bytes say for certain: byte order marks, and NULs around a first character. */
static const char *charset_of_shape(
	enum charset_kind kind, const char *body, size_t len, size_t *skip)
{
	static const struct mark marks[] = {
		{"\xFF\xFE\0\0", 4, 4, "utf-32le"},
		{"\0\0\xFE\xFF", 4, 4, "utf-32be"},
		{"\xEF\xBB\xBF", 3, 3, "utf-8"},
		{"\xFF\xFE", 2, 2, "utf-16le"},
		{"\xFE\xFF", 2, 2, "utf-16be"},
	};
	static const struct mark markup[] = {
		{"<\0\0\0", 4, 0, "utf-32le"}, {"\0\0\0<", 4, 0, "utf-32be"},
		{"<\0?\0", 4, 0, "utf-16le"}, {"\0<\0?", 4, 0, "utf-16be"},
		{"\x4C\x6F\xA7\x94", 4, 0, "ibm037"}, /* "<?xm" in EBCDIC: XML 1.0, F.1 */
	};
	const char *found = match_marks(marks, ARRAY_LEN(marks), body, len, skip);

	if (found)
		return found;
	if (kind != CHARSET_JSON) {
		found = match_marks(markup, ARRAY_LEN(markup), body, len, skip);
		if (found)
			return found;
	}
	if (len < 4 || (body[0] && body[1]))
		return NULL;
	/* RFC 4627, 3; also any letter or '<' of an XML document without a declaration */
	if (body[0] && !body[1])
		return body[2] ? "utf-16le" : body[3] ? NULL : "utf-32le";
	if (!body[0] && body[1])
		return body[3] ? "utf-16be" : NULL;
	return !body[2] && body[3] ? "utf-32be" : NULL;
}

/* UTF-16 and the like: true only when the bytes have that shape, so a mere name proves nothing. */
static bool is_wide(const char *charset)
{
	return str_starts(charset, "utf-16") || str_starts(charset, "utf-32");
}

/* Read as charset; false when it fits badly: more than one bad byte in 32 that are not ASCII. */
static bool try_charset(
	const char *charset, const char *body, size_t len, struct buf *utf8, const char **name)
{
	size_t bad, high = charset_count_high(body, len), start = utf8->len;

	if (is_wide(charset) || str_eq(charset, "utf-8"))
		return false;
	bad = charset_decode(charset, body, len, utf8);
	if (bad * 32 > high) {
		buf_truncate(utf8, start);
		return false;
	}
	*name = charset;
	return true;
}

/*
 * Servers say iso-8859-1 of whatever they have. Its languages have a letter with an accent here and
 * there; whole words of such bytes are of another charset.
 */
static bool is_latin_in_name_only(const char *charset, const char *body, size_t len)
{
	size_t i, run = 0, high = 0, in_runs = 0;

	if (!str_eq(charset, "windows-1252"))
		return false;
	for (i = 0; i <= len; i++) {
		if (i < len && (unsigned char)body[i] >= 0x80) {
			run++;
			continue;
		}
		high += run;
		if (run >= LATIN_RUN)
			in_runs += run;
		run = 0;
	}
	return high >= DETECT_HIGH_BYTES && in_runs * 2 > high;
}

/*
 * The language that <html> names is one whose letters iso-8859-1 lacks, and which many a page that
 * is called so is in: the charset of that language, "" for one that only the bytes tell; NULL: no.
 */
static const char *charset_of_language(const char *body, size_t len)
{
	static const char *const languages[][2] = {
		{"cs", ""}, {"hr", ""}, {"hu", ""}, {"pl", ""}, {"sk", ""}, {"sl", ""},
		{"tr", "windows-1254"}, /* six letters apart from windows-1252 */
	};
	const char *tag = memmem(body, len < META_BYTES ? len : META_BYTES, "<html", 5), *end;
	struct label label;
	size_t i;

	end = tag ? memchr(tag, '>', len - (size_t)(tag - body)) : NULL;
	if (!end || !find_value(tag, end, "lang", &label))
		return NULL;
	for (i = 0; i < ARRAY_LEN(languages); i++) {
		if (str_istarts(label.text, languages[i][0]) && !str_is_alpha(label.text[2]))
			return languages[i][1];
	}
	return NULL;
}

/* Bytes 80 to 9F are letters and quotes in Windows' relatives of ISO 8859, and nothing in those. */
static const char *windows_instead(const char *charset, const char *body, size_t len)
{
	static const char *const relatives[][2] = {
		{"iso-8859-2", "windows-1250"},
		{"iso-8859-7", "windows-1253"},
		{"iso-8859-8", "windows-1255"},
		{"iso-8859-13", "windows-1257"},
	};
	size_t i;

	for (i = 0; i < len && ((unsigned char)body[i] & 0xE0) != 0x80; i++)
		continue;
	if (i == len)
		return charset;
	for (i = 0; i < ARRAY_LEN(relatives); i++) {
		if (str_eq(charset, relatives[i][0]))
			return relatives[i][1];
	}
	return charset;
}

/* ISO-2022-JP is ASCII but for what changes the set of characters, which nothing else has. */
static bool is_japanese_mail(const char *body, size_t len)
{
	const char *begin = memmem(body, len, "\x1B$B", 3);

	if (!begin)
		begin = memmem(body, len, "\x1B$@", 3);
	return begin && (memmem(begin, len - (size_t)(begin - body), "\x1B(B", 3) ||
				memmem(begin, len - (size_t)(begin - body), "\x1B(J", 3));
}

/* What uchardet makes of the bytes; NULL where there are too few, or it knows nothing better. */
static const char *detect(const char *body, size_t len)
{
	const char *found = NULL;
	uchardet_t detector;

	if (charset_count_high(body, len) < DETECT_HIGH_BYTES)
		return NULL;
	detector = uchardet_new();
	if (uchardet_handle_data(detector, body, len < DETECT_BYTES ? len : DETECT_BYTES) == 0) {
		uchardet_data_end(detector);
		found = charset_by_label(uchardet_get_charset(detector));
	}
	uchardet_delete(detector);
	return found ? windows_instead(found, body, len) : NULL;
}

/*
 * Mostly UTF-8 with some bytes of another charset: what is valid is kept, and the other bytes are
 * read as windows-1252, which they nearly always are.
 */
static bool try_mixed(const char *body, size_t len, struct buf *utf8, const char **name)
{
	size_t good, bad;

	charset_count_utf8(body, len, &good, &bad);
	/* chance makes one sequence in ten bytes of some charsets valid, hardly of others */
	if (good * (good + bad < DETECT_HIGH_BYTES ? 8 : 1) < bad)
		return false;
	charset_put_mixed(body, len, utf8);
	*name = "utf-8";
	return true;
}

static void decode_bytes(enum charset_kind kind, const char *body, size_t len,
	const char *content_type, struct buf *utf8, const char **name)
{
	const char *declared[2] = {NULL, NULL}, *local = NULL, *found;
	struct label label;
	size_t good, bad, i;

	if (label_of_type(content_type, &label))
		declared[0] = charset_by_label(label.text);
	if (kind == CHARSET_HTML ? label_of_meta(body, len, &label)
				 : label_of_declaration(body, len, &label))
		declared[1] = charset_by_label(label.text);
	charset_count_utf8(body, len, &good, &bad);
	if (bad == 0 && (good > 0 || kind == CHARSET_JSON)) {
		charset_put_utf8(body, len, utf8);
		*name = "utf-8";
		return;
	}
	if (bad == 0 && is_japanese_mail(body, len) &&
		try_charset("iso-2022-jp", body, len, utf8, name))
		return;
	if (kind == CHARSET_HTML)
		local = charset_of_language(body, len);
	for (i = 0; i < 2; i++) {
		if (declared[i] && !(local && str_eq(declared[i], "windows-1252")) &&
			!is_latin_in_name_only(declared[i], body, len) &&
			try_charset(declared[i], body, len, utf8, name))
			return;
	}
	if (bad == 0) {
		charset_put_utf8(body, len, utf8);
		*name = "utf-8";
		return;
	}
	if (try_mixed(body, len, utf8, name))
		return;
	found = str_is_empty(local) ? detect(body, len) : local;
	if (found && try_charset(found, body, len, utf8, name))
		return;
	charset_decode("windows-1252", body, len, utf8);
	*name = "windows-1252";
}

void charset_to_utf8(enum charset_kind kind, const char *body, size_t len, const char *content_type,
	struct buf *utf8, const char **name)
{
	size_t skip = 0;
	const char *shape = charset_of_shape(kind, body, len, &skip);

	if (!shape) {
		decode_bytes(kind, body, len, content_type, utf8, name);
	} else if (str_eq(shape, "utf-8")) {
		charset_put_mixed(body + skip, len - skip, utf8);
		*name = shape;
	} else {
		charset_decode(shape, body + skip, len - skip, utf8);
		*name = shape;
	}
	charset_mend(utf8);
	charset_drop_controls(utf8);
}

void charset_prepare(void)
{
	charset_open_all();
}
