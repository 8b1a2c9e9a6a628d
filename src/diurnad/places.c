#include "diurnad/places.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"

#include <stdio.h>
#include <string.h>

const char *const places_common[] = {"feed", "feed/", "rss", "rss.xml", "atom.xml", "feed.xml",
	"index.xml", "feed.json", "/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml",
	"/index.xml", "/feed.json", NULL};

/* "*" is one name of the path or the value of a parameter; %s is what stood there, in order. */
static const struct {
	const char *host; /* and hosts below it */
	const char *pattern;
	const char *feed;
} known_places[] = {
	{"youtube.com", "/channel/*", "https://www.youtube.com/feeds/videos.xml?channel_id=%s"},
	{"youtube.com", "/playlist?list=*",
		"https://www.youtube.com/feeds/videos.xml?playlist_id=%s"},
	{"reddit.com", "/r/*", "https://www.reddit.com/r/%s/.rss"},
	{"reddit.com", "/user/*", "https://www.reddit.com/user/%s/.rss"},
	{"github.com", "/*/*/releases", "https://github.com/%s/%s/releases.atom"},
	{"github.com", "/*/*/tags", "https://github.com/%s/%s/tags.atom"},
	{"github.com", "/*/*/commits", "https://github.com/%s/%s/commits.atom"},
};

enum { NAMES = 2, NAME_BYTES = 128 };

static bool is_name(char c)
{
	return str_is_alpha(c) || str_is_digit(c) || c == '-' || c == '_' || c == '.' || c == '@';
}

/* The text matches up to an end of the last name, where "/", "?", "&" or nothing follows. */
static bool fits(const char *pattern, const char *text, char names[NAMES][NAME_BYTES])
{
	size_t n = 0, len;

	for (; *pattern; pattern++) {
		if (*pattern != '*') {
			if (*pattern != *text++)
				return false;
			continue;
		}
		for (len = 0; is_name(text[len]); len++)
			continue;
		if (len == 0 || len >= NAME_BYTES || n == NAMES)
			return false;
		memcpy(names[n], text, len);
		names[n++][len] = '\0';
		text += len;
	}
	return *text == '\0' || *text == '/' || *text == '?' || *text == '&' || *text == '#';
}

static bool is_host(const struct url_part *host, const char *name)
{
	size_t len = strlen(name);
	const char *at;

	if (host->len < len)
		return false;
	at = host->data + host->len - len;
	return strncmp(at, name, len) == 0 && (host->len == len || at[-1] == '.');
}

bool places_known(const char *url, struct buf *feed)
{
	char names[NAMES][NAME_BYTES] = {"", ""};
	struct url parts;
	size_t i;

	url_split(url, strlen(url), &parts);
	for (i = 0; parts.host.data && i < ARRAY_LEN(known_places); i++) {
		const char *form = known_places[i].feed, *at;
		size_t name = 0;

		if (str_ends(url, ".rss") || !is_host(&parts.host, known_places[i].host) ||
			!fits(known_places[i].pattern, parts.path.data, names))
			continue;
		for (; (at = strstr(form, "%s")); form = at + 2) {
			buf_put(feed, form, (size_t)(at - form));
			buf_puts(feed, names[name++]);
		}
		buf_puts(feed, form);
		return true;
	}
	return false;
}
