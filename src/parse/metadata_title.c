#include "parse/metadata.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"

#include <string.h>

enum { SLOGAN_WORDS = 5 };

/* Letters and digits in lower case, words apart by one space. */
static const char *fold(struct arena *arena, const char *text)
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

static size_t count_words(const char *folded)
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

struct titler {
	struct arena *arena;
	const char *sites[4]; /* names of the site, squeezed */
	size_t site_count;
};

static void add_site(struct titler *t, const char *name)
{
	if (!str_is_empty(name) && t->site_count < ARRAY_LEN(t->sites))
		t->sites[t->site_count++] = squeeze(t->arena, fold(t->arena, name));
}

static void add_host(struct titler *t, const char *address)
{
	struct url url;
	const char *s, *dot, *best;
	size_t len, best_len = 0;

	if (!address)
		return;
	url_split(address, strlen(address), &url);
	if (!url.host.data)
		return;
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
	add_site(t, arena_strndup(t->arena, best, best_len));
}

/* This part of a title is the site's name, or close to it. */
static bool is_site(const struct titler *t, const char *part)
{
	const char *name = squeeze(t->arena, fold(t->arena, part));
	size_t i, len = strlen(name);

	for (i = 0; i < t->site_count; i++) {
		if (str_eq(name, t->sites[i]))
			return true;
		if (len >= 3 && strlen(t->sites[i]) >= 3 &&
			(strstr(t->sites[i], name) ||
				(strstr(name, t->sites[i]) && len < strlen(t->sites[i]) + 12)))
			return true;
	}
	return false;
}

static const char *const separators[] = {" | ", " - ", " \xE2\x80\x93 ", " \xE2\x80\x94 ",
	" \xC2\xB7 ", " \xE2\x80\xA2 ", " \xC2\xBB ", " :: ", " / ", " \xE2\x80\xB9 ", " \xC2\xAB ",
	" > ", " < ", " : ", "| ", " |", ": "};

/* The last place where a separator stands; its length in *len. */
static const char *last_separator(const char *title, size_t *len)
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

static const char *first_separator(const char *title, size_t *len)
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

/* A title without the site's name at its end or beginning. */
static const char *strip_site(const struct titler *t, const char *title)
{
	const char *at, *head;
	size_t len = 0;
	int round;

	for (round = 0; title && round < 3; round++) {
		at = last_separator(title, &len);
		if (at && is_site(t, at + len)) {
			title = str_trim(arena_strndup(t->arena, title, (size_t)(at - title)));
			continue;
		}
		at = first_separator(title, &len);
		head = at ? arena_strndup(t->arena, title, (size_t)(at - title)) : NULL;
		if (head && is_site(t, head) && at[len]) {
			title = at + len;
			continue;
		}
		break;
	}
	return title;
}

/* <title> less its last part, whatever that is: the site is not always named elsewhere. */
static const char *strip_last(const struct titler *t, const char *title)
{
	const char *stripped = strip_site(t, title), *at;
	size_t len = 0;

	if (!stripped || stripped != title)
		return stripped;
	at = last_separator(title, &len);
	if (!at || strncmp(at, ": ", 2) == 0)
		return title;
	stripped = str_trim(arena_strndup(t->arena, title, (size_t)(at - title)));
	return count_words(fold(t->arena, stripped)) >= 3 &&
			       count_words(fold(t->arena, at + len)) <= 4
		       ? stripped
		       : title;
}

/* "Headline | Opinion": a bar within a headline begins something else. */
static const char *strip_bar(const struct titler *t, const char *title)
{
	const char *bar = strstr(title, " | ");

	if (!bar)
		return title;
	title = str_trim(arena_strndup(t->arena, title, (size_t)(bar - title)));
	return count_words(fold(t->arena, title)) >= 2 ? title : bar + 3;
}

/* Share of a's words that b has. */
static float overlap(struct arena *arena, const char *a, const char *b)
{
	char *words = arena_strdup(arena, a), *word, *rest;
	const char *padded = arena_printf(arena, " %s ", b);
	float found = 0, count = 0;

	for (word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		count++;
		if (strstr(padded, arena_printf(arena, " %s ", word)))
			found++;
	}
	return count > 0 ? found / count : 0;
}

/* How well a heading fits what the head says: 0 not at all, 3 the same. */
static int fit(struct titler *t, const char *heading, const char *const *known, size_t count)
{
	const char *folded = fold(t->arena, heading), *other;
	int best = 0, value;
	size_t i;

	if (!*folded)
		return 0;
	for (i = 0; i < count; i++) {
		if (str_is_empty(known[i]))
			continue;
		other = fold(t->arena, known[i]);
		value = 0;
		if (str_eq(folded, other))
			value = 3;
		else if (strstr(other, folded) &&
			 (count_words(folded) >= 3 || strlen(folded) * 2 > strlen(other)))
			value = 2;
		else if (strstr(folded, other) && count_words(other) >= 2)
			value = 2;
		else if (overlap(t->arena, folded, other) >= 0.6f && count_words(folded) >= 2)
			value = 1;
		best = value > best ? value : best;
	}
	return best;
}

const char *metadata_title(const struct metadata *meta, const struct job *job, struct arena *arena)
{
	struct titler t = {.arena = arena};
	static const size_t order[] = {1, 0, 2}; /* of known, where no heading fits */
	const char *known[4], *best = NULL;
	int best_fit = 0, value;
	size_t i;

	add_site(&t, meta->head.site);
	add_site(&t, meta->ld.site);
	add_host(&t, meta->item.url ? meta->item.url : job->url);
	known[0] = strip_site(&t, meta->head.title);
	known[1] = strip_last(&t, meta->head_title);
	known[2] = strip_site(&t, meta->ld.title);
	known[3] = job->entry_title ? metadata_clean(arena, job->entry_title) : NULL;
	if (known[3]) {
		/* The feed's title is right; the page may write it better. */
		for (i = 0; i < meta->headings.count; i++) {
			if (fit(&t, meta->headings.values[i], &known[3], 1) == 3)
				return meta->headings.values[i];
		}
		return known[3];
	}
	for (i = 0; i < meta->headings.count; i++) {
		if (is_site(&t, meta->headings.values[i]) && meta->headings.count > 1)
			continue;
		value = fit(&t, meta->headings.values[i], known, 3);
		if (value > best_fit) {
			best_fit = value;
			best = meta->headings.values[i];
		}
	}
	if (best)
		return strip_bar(&t, strip_site(&t, best));
	/* One that has nothing in common with the head's is a slogan when it is short. */
	if (meta->headings.count == 1 && !is_site(&t, meta->headings.values[0]) &&
		count_words(fold(arena, meta->headings.values[0])) >= SLOGAN_WORDS)
		return meta->headings.values[0];
	for (i = 0; i < ARRAY_LEN(order); i++) {
		if (!str_is_empty(known[order[i]]) && !is_site(&t, known[order[i]]))
			return known[order[i]];
	}
	return meta->headings.count ? meta->headings.values[0] : known[1];
}
