#include "cli/lists.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS = 32 };

/* Of UTF-16, by its mark: which byte of two comes first. */
static bool is_wide(const char *text, size_t len, bool *is_little)
{
	if (len < 2 || (memcmp(text, "\xFF\xFE", 2) != 0 && memcmp(text, "\xFE\xFF", 2) != 0))
		return false;
	*is_little = text[0] == '\xFF';
	return true;
}

bool list_is_xml(const char *text, size_t len)
{
	bool is_little;
	size_t i = 0;

	if (is_wide(text, len, &is_little))
		i = 2;
	else if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		i = 3;
	/* also of UTF-16 that does not say so */
	while (i < len && (str_is_space(text[i]) || text[i] == '\0'))
		i++;
	return i < len && text[i] == '<';
}

enum status list_to_utf8(struct buf *text)
{
	struct buf utf8 = {0};
	bool is_little;

	if (is_wide(text->data, text->len, &is_little)) {
		for (size_t i = 2; i + 1 < text->len; i += 2) {
			unsigned char a = (unsigned char)text->data[i],
				      b = (unsigned char)text->data[i + 1];
			unsigned unit = is_little ? a | (unsigned)b << 8 : (unsigned)a << 8 | b;

			/* beyond the first plane there are titles, at most */
			buf_put_utf8(&utf8, unit >= 0xD800 && unit <= 0xDFFF ? 0xFFFD : unit);
		}
		buf_finish(text);
		*text = utf8;
	}
	return text->len && memchr(text->data, '\0', text->len) ? STATUS_SYNTAX : STATUS_OK;
}

bool list_address(const char *text, struct buf *url)
{
	size_t start = url->len;
	const char *colon;

	if (str_istarts(text, "feed:"))
		text += 5;
	colon = strchr(text, ':');
	if (str_starts(text, "//"))
		buf_puts(url, "https:");
	else if (!url_is_absolute(text) || (colon && str_is_digit(colon[1])))
		buf_puts(url, "https://"); /* the digits are a port */
	buf_puts(url, text);
	if (str_istarts(text, "http//") || str_istarts(text, "https//"))
		return false; /* a colon was forgotten */
	return strpbrk(text, ".:") && !strpbrk(text, " \t<>\"") &&
	       url_is_web(buf_text(url) + start);
}

/* Words of a line as a shell would have them, cut in place; from "#" on it is a comment. */
static size_t split(char *line, char *words[WORDS])
{
	char *p = line, *to, quote;
	size_t count = 0;

	while (count < WORDS) {
		while (str_is_space(*p))
			p++;
		if (*p == '\0' || *p == '#')
			break;
		words[count++] = to = p;
		for (quote = '\0'; *p && (quote || !str_is_space(*p)); p++) {
			if (*p == '\\' && p[1] && quote != '\'')
				*to++ = *++p;
			else if (quote ? *p == quote : *p == '"' || *p == '\'')
				quote = quote ? '\0' : *p;
			else
				*to++ = *p;
		}
		if (*p)
			p++;
		*to = '\0';
	}
	return count;
}

/* newsboat: tags behind the address; "~" before a title, "!" hides it from a list of all. */
static void take_tags(struct list_line *line, char **words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (words[i][0] == '~' && words[i][1])
			line->title = words[i] + 1;
		else if (words[i][0] != '!' && words[i][0] != '~' && !line->folder)
			line->folder = words[i];
	}
}

/* False: the line has nothing to do with feeds. */
static bool read_line(char *text, bool is_sfeed, struct list_line *line, struct buf *url)
{
	char *words[WORDS];
	size_t count = split(text, words), place = 0;

	if (count == 0)
		return false;
	if (is_sfeed) {
		if (!str_eq(words[0], "feed") || count < 3)
			return false; /* the rest of it is shell */
		line->title = words[1];
		place = 2;
	} else if (str_starts(words[0], "query:")) {
		line->broken = "a query over feeds; a section with match = \"...\" does that";
	} else if (str_starts(words[0], "exec:") || str_starts(words[0], "filter:")) {
		line->broken = "a program; only addresses of the network are polled";
	} else {
		take_tags(line, words + 1, count - 1);
	}
	if (!line->broken && list_address(words[place], url))
		line->url = buf_text(url);
	else if (!line->broken)
		line->broken = "no address that can be polled";
	return true;
}

static bool looks_like_sfeed(const char *text)
{
	const char *p;

	for (p = text; p; p = strchr(p, '\n')) {
		while (str_is_space(*p))
			p++;
		if (str_starts(p, "feed \"") || str_starts(p, "feed '") || str_starts(p, "feeds()"))
			return true;
	}
	return false;
}

void list_read(const char *text, list_taker *take, void *context)
{
	bool is_sfeed = looks_like_sfeed(text);
	char *copy = xstrdup(str_starts(text, "\xEF\xBB\xBF") ? text + 3 : text), *line, *next;
	size_t number = 0;

	for (line = copy; line; line = next) {
		struct list_line found = {.number = ++number};
		struct buf url = {0};

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (read_line(line, is_sfeed, &found, &url))
			take(context, &found);
		buf_finish(&url);
	}
	free(copy);
}
