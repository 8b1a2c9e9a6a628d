#include "edition/mime.h"

#include "core/date.h"
#include "core/str.h"
#include "core/utf8.h"

#include <openssl/evp.h>
#include <string.h>

enum {
	LINE = 76,         /* columns of an encoded line: RFC 2045, 6.7 and 6.8 */
	WORD_BYTES = 42,   /* of text in one encoded word, whose 75 characters hold 45 */
	BASE64_BYTES = 57, /* that make one line */
};

static void put_base64(const char *bytes, size_t len, struct buf *to)
{
	char *at = buf_reserve(to, 4 * ((len + 2) / 3) + 1);

	buf_added(to, (size_t)EVP_EncodeBlock(
			      (unsigned char *)at, (const unsigned char *)bytes, (int)len));
}

static bool is_plain(const char *text)
{
	for (; *text; text++) {
		if (*text < ' ' || *text > '~')
			return false;
	}
	return true;
}

/* Encoded words of whole characters, each on a line of its own. */
static void put_words(const char *text, struct buf *to)
{
	size_t len = strlen(text), i = 0, from = 0, size;

	for (; i < len; i += size) {
		utf8_decode(text + i, len - i, &size);
		if (i + size - from <= WORD_BYTES)
			continue;
		buf_puts(to, "=?utf-8?B?");
		put_base64(text + from, i - from, to);
		buf_puts(to, "?=\n ");
		from = i;
	}
	buf_puts(to, "=?utf-8?B?");
	put_base64(text + from, len - from, to);
	buf_puts(to, "?=");
}

void mime_header(const char *name, const char *text, struct buf *to)
{
	buf_printf(to, "%s: ", name);
	/* A line has 998 octets at most; what looks like an encoded word is made one. */
	if (is_plain(text) && strlen(text) < 900 && !strstr(text, "=?"))
		buf_puts(to, text);
	else
		put_words(text, to);
	buf_putc(to, '\n');
}

void mime_bare_address(const char *address, struct buf *to)
{
	const char *from = strrchr(address, '<');

	if (from)
		buf_put(to, from + 1, strcspn(from + 1, ">"));
	else
		buf_puts(to, address);
}

void mime_read_address(const char *mail, const char *name, struct buf *to)
{
	size_t len = strlen(name);
	const char *end, *from;

	/* A quoted name may have a "<" too: the last one begins the address. */
	while (*mail && *mail != '\n') {
		end = mail;
		/* A line that begins with a space goes on. */
		do
			end += strcspn(end, "\n") + (strchr(end, '\n') != NULL);
		while (*end == ' ');
		from = memrchr(mail, '<', (size_t)(end - mail));
		if (strncmp(mail, name, len) == 0 && mail[len] == ':' && from) {
			buf_put(to, from + 1, strcspn(from + 1, ">\n"));
			return;
		}
		mail = end;
	}
}

void mime_address(const char *name, const char *address, struct buf *to)
{
	const char *from = strrchr(address, '<'), *p;
	struct buf words = {0};

	buf_printf(to, "%s: ", name);
	if (from)
		buf_put(&words, address, (size_t)(from - address));
	if (words.len > 0) {
		str_trim(words.data);
		words.len = strlen(words.data);
	}
	/* Somebody may have quoted it himself. */
	if (words.len > 1 && words.data[0] == '"' && words.data[words.len - 1] == '"') {
		buf_truncate(&words, words.len - 1);
		buf_drop_front(&words, 1);
	}
	if (words.len > 0 && is_plain(words.data)) {
		buf_putc(to, '"');
		for (p = words.data; *p; p++) {
			if (*p == '"' || *p == '\\')
				buf_putc(to, '\\');
			buf_putc(to, *p);
		}
		buf_puts(to, "\" ");
	} else if (words.len > 0) {
		put_words(words.data, to);
		buf_putc(to, ' ');
	}
	buf_putc(to, '<');
	mime_bare_address(address, to);
	buf_puts(to, ">\n");
	buf_finish(&words);
}

void mime_date(int64_t time_s, struct buf *to)
{
	static const char days[] = "ThuFriSatSunMonTueWed";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t day = time_s / 86400, rest = time_s % 86400;
	int y, m, d;

	if (rest < 0) {
		rest += 86400;
		day--;
	}
	date_from_days(day, &y, &m, &d);
	buf_printf(to, "%.3s, %d %.3s %04d %02d:%02d:%02d +0000", days + 3 * ((day % 7 + 7) % 7), d,
		months + 3 * (m - 1), y, (int)(rest / 3600), (int)(rest / 60 % 60),
		(int)(rest % 60));
}

/* Bytes that quoted-printable writes as three. */
static bool must_quote(const char *p)
{
	if (*p == ' ' || *p == '\t')
		return p[1] == '\n' || p[1] == '\0';
	return *p < '!' || *p > '~' || *p == '=';
}

static void put_quoted(const struct buf *text, struct buf *to)
{
	const char *p = buf_text(text), *end = p + text->len;
	size_t used = 0;

	for (; p < end; p++) {
		bool is_quoted = must_quote(p);

		if (*p == '\n') {
			buf_putc(to, '\n');
			used = 0;
			continue;
		}
		if (used + (is_quoted ? 3 : 1) > LINE - 1) {
			buf_puts(to, "=\n");
			used = 0;
		}
		if (is_quoted)
			buf_printf(to, "=%02X", (unsigned char)*p);
		else
			buf_putc(to, *p);
		used += is_quoted ? 3 : 1;
	}
	if (used)
		buf_puts(to, "=\n");
}

/* Text is encoded with the line ends that mail has: RFC 2045, 6.8. */
static void put_lines_base64(const struct buf *text, struct buf *to)
{
	struct buf canonical = {0};
	size_t i;

	for (i = 0; i < text->len; i++) {
		if (text->data[i] == '\n')
			buf_putc(&canonical, '\r');
		buf_putc(&canonical, text->data[i]);
	}
	for (i = 0; i < canonical.len; i += BASE64_BYTES) {
		size_t len = canonical.len - i < BASE64_BYTES ? canonical.len - i : BASE64_BYTES;

		put_base64(canonical.data + i, len, to);
		buf_putc(to, '\n');
	}
	buf_finish(&canonical);
}

void mime_text_part(const char *type, const struct buf *text, struct buf *to)
{
	size_t quoted = 0, i;
	bool is_base64;

	for (i = 0; i < text->len; i++)
		quoted += must_quote(&text->data[i]) && text->data[i] != '\n';
	is_base64 = quoted > text->len / 5;
	buf_printf(to, "Content-Type: %s; charset=utf-8\nContent-Transfer-Encoding: %s\n\n", type,
		is_base64 ? "base64" : "quoted-printable");
	if (is_base64)
		put_lines_base64(text, to);
	else
		put_quoted(text, to);
}
