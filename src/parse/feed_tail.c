#include "parse/feed_tail.h"

#include "core/str.h"

#include <string.h>

enum { WORDS_MAX = 10 }; /* around the links */

/* The length of an address without query, fragment and last slash. */
static size_t plain_length(const char *url)
{
	size_t len = strcspn(url, "?#\"");

	while (len > 0 && url[len - 1] == '/')
		len--;
	return len;
}

static bool is_same(const char *url, const char *other)
{
	size_t len = plain_length(url);

	return len == plain_length(other) && memcmp(url, other, len) == 0;
}

/* A page is below its site's address. */
static bool is_below(const char *url, const char *site)
{
	size_t len = plain_length(site);

	return len > strlen("https://") && plain_length(url) > len && memcmp(url, site, len) == 0 &&
	       url[len] == '/';
}

/* Words outside of links, and the addresses of the first two links. Returns the number of links. */
static size_t read_paragraph(const char *at, const char *href[2], size_t *words)
{
	static const char link[] = "<a href=\"";
	bool is_in_link = false, is_in_word = false;
	size_t links = 0;

	for (*words = 0; *at; at++) {
		if (*at == '<') {
			if (str_starts(at, link) && links++ < 2)
				href[links - 1] = at + strlen(link);
			is_in_link =
				str_starts(at, "<a ") || (is_in_link && !str_starts(at, "</a>"));
			at += strcspn(at, ">");
			if (!*at)
				break;
			is_in_word = false;
		} else if (str_is_space(*at)) {
			is_in_word = false;
		} else if (!is_in_link && !is_in_word) {
			is_in_word = true;
			++*words;
		}
	}
	return links;
}

size_t feed_text_length(const char *html, const char *url)
{
	const char *last = NULL, *at, *href[2];
	size_t words, len = strlen(html);

	for (at = html; (at = strstr(at, "<p>")) != NULL; at++)
		last = at;
	if (!url || !last || last == html || !str_ends(html, "</p>") ||
		strstr(last, "</p>") != html + len - strlen("</p>"))
		return len;
	if (read_paragraph(last, href, &words) != 2 || words == 0 || words > WORDS_MAX ||
		!is_same(href[0], url) || !is_below(url, href[1]))
		return len;
	for (len = (size_t)(last - html); len > 0 && str_is_space(html[len - 1]); len--)
		continue;
	return len;
}
