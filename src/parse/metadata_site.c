#include "parse/metadata_site.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"

#include <string.h>

const char *title_fold(struct arena *arena, const char *text)
{
	char *folded = arena_strdup(arena, text ? text : ""), *to = folded;
	const char *s;
	bool has_space = false;

	for (s = folded; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (str_is_alpha(*s) || str_is_digit(*s) || c >= 0x80) {
			/* dashes and quotation marks of U+2010 to U+203F are no letters */
			if (c == 0xE2 && (unsigned char)s[1] == 0x80) {
				s += s[2] ? 2 : 1;
				has_space = true;
				continue;
			}
			if (has_space && to > folded)
				*to++ = ' ';
			has_space = false;
			*to++ = str_lower_char(*s);
		} else if (*s != '\'') {
			has_space = true;
		}
	}
	*to = '\0';
	return folded;
}

size_t title_count_words(const char *folded)
{
	size_t count = *folded != '\0';

	for (; *folded; folded++)
		count += *folded == ' ';
	return count;
}

/* Without spaces, for site names and host names. */
static const char *squeeze(struct arena *arena, const char *folded)
{
	char *squeezed = arena_strdup(arena, folded), *to = squeezed;
	const char *s;

	for (s = squeezed; *s; s++) {
		if (*s != ' ')
			*to++ = *s;
	}
	*to = '\0';
	return squeezed;
}

/* First letters of three words or more; NULL: it has fewer. */
static const char *initials_of(struct arena *arena, const char *folded)
{
	char *initials = arena_strdup(arena, folded), *to = initials;
	const char *s;

	for (s = folded; *s; s++) {
		if (s == folded || s[-1] == ' ')
			*to++ = *s;
	}
	*to = '\0';
	return to - initials >= 3 ? initials : NULL;
}

void site_add(struct site_names *site, const char *name)
{
	const char *folded;

	if (str_is_empty(name) || site->count == ARRAY_LEN(site->names))
		return;
	folded = title_fold(site->arena, name);
	site->initials[site->count] = initials_of(site->arena, folded);
	site->names[site->count++] = squeeze(site->arena, folded);
}

void site_add_host(struct site_names *site, const char *address)
{
	struct url url;
	const char *s, *dot, *best;
	size_t len, best_len = 0;

	if (!address)
		return;
	url_split(address, strlen(address), &url);
	if (!url.host.data)
		return;
	site->host = arena_strndup(site->arena, url.host.data, url.host.len);
	if (str_istarts(site->host, "www."))
		site->host += strlen("www.");
	/* the longest label is the name as a rule: www.example.co.uk */
	best = url.host.data;
	for (s = url.host.data; s < url.host.data + url.host.len; s += len + 1) {
		dot = memchr(s, '.', (size_t)(url.host.data + url.host.len - s));
		len = dot ? (size_t)(dot - s) : (size_t)(url.host.data + url.host.len - s);
		if (len > best_len) {
			best_len = len;
			best = s;
		}
	}
	site_add(site, arena_strndup(site->arena, best, best_len));
}

bool site_is_named(const struct site_names *site, const char *part)
{
	const char *name = squeeze(site->arena, title_fold(site->arena, part));
	size_t i, len = strlen(name), len_site;

	for (i = 0; i < site->count; i++) {
		if (str_eq(name, site->names[i]) || (len > 0 && str_eq(name, site->initials[i])))
			return true;
		len_site = strlen(site->names[i]);
		if (len < 3 || len_site < 3)
			continue;
		if (len * 2 > len_site && strstr(site->names[i], name))
			return true;
		if (len < len_site + 12 && strstr(name, site->names[i]))
			return true;
	}
	return false;
}

static const char *const separators[] = {" | ", " - ", " \xE2\x80\x93 ", " \xE2\x80\x94 ",
	" \xC2\xB7 ", " \xE2\x80\xA2 ", " \xC2\xBB ", " :: ", " / ", " \xE2\x80\xB9 ", " \xC2\xAB ",
	" > ", " < ", " : ", "| ", " |", ": "};

const char *title_last_separator(const char *title, size_t *len)
{
	const char *best = NULL, *s, *found;
	size_t i;

	for (i = 0; i < ARRAY_LEN(separators); i++) {
		for (s = title; (found = strstr(s, separators[i])) != NULL; s = found + 1) {
			if (found > best && found > title) {
				best = found;
				*len = strlen(separators[i]);
			}
		}
	}
	return best;
}

const char *title_first_separator(const char *title, size_t *len)
{
	const char *best = NULL, *found;
	size_t i;

	for (i = 0; i < ARRAY_LEN(separators); i++) {
		found = strstr(title, separators[i]);
		if (found && found > title && (!best || found < best)) {
			best = found;
			*len = strlen(separators[i]);
		}
	}
	return best;
}

/* Signs that join a title and a site without spaces, in East Asia above all. */
static const char *last_tight_separator(const char *title, size_t *len)
{
	static const char *const tight[] = {"\xEF\xBC\x9A", "\xEF\xBD\x9C", "\xEF\xBC\x8D",
		"\xE2\x80\x94", "\xE3\x83\xBC", "_", "|", "\xE3\x80\x90", "\xE3\x80\x80",
		"\xEF\xBC\x88"};
	const char *best = NULL, *s, *found;
	size_t i;

	for (i = 0; i < ARRAY_LEN(tight); i++) {
		for (s = title; (found = strstr(s, tight[i])) != NULL; s = found + 1) {
			if (found > best && found > title && found[strlen(tight[i])]) {
				best = found;
				*len = strlen(tight[i]);
			}
		}
	}
	return best;
}

/* The site's name itself, brackets aside. */
static bool is_site(const struct site_names *site, const char *part)
{
	const char *name = squeeze(site->arena, title_fold(site->arena, part));
	size_t i;

	for (i = 0; *name && i < site->count; i++) {
		if (str_eq(name, site->names[i]))
			return true;
	}
	return false;
}

/* Behind the host's name that a title begins with: "example.org A day at sea". */
static const char *skip_host(const struct site_names *site, const char *title)
{
	size_t len = site->host ? strlen(site->host) : 0;

	if (len == 0 || !str_istarts(title, site->host) || title[len] != ' ' ||
		!str_is_alpha(title[len + 1]))
		return title;
	return title + len + 1;
}

const char *site_strip(const struct site_names *site, const char *title)
{
	const char *at, *head;
	size_t len = 0;
	int round;

	title = title ? skip_host(site, title) : NULL;
	for (round = 0; title && round < 3; round++) {
		at = title_last_separator(title, &len);
		if (at && site_is_named(site, at + len)) {
			title = str_trim(arena_strndup(site->arena, title, (size_t)(at - title)));
			continue;
		}
		at = title_first_separator(title, &len);
		head = at ? arena_strndup(site->arena, title, (size_t)(at - title)) : NULL;
		if (head && site_is_named(site, head) && at[len]) {
			title = at + len;
			continue;
		}
		at = last_tight_separator(title, &len);
		if (!at || !is_site(site, at + len))
			break;
		title = str_trim(arena_strndup(site->arena, title, (size_t)(at - title)));
	}
	return title;
}
