#include "core/buf.h"
#include "core/config.h"
#include "core/config_value.h"
#include "core/file.h"
#include "core/job.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/terms.h"
#include "core/url.h"
#include "core/urlset.h"
#include "core/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add(struct subscriptions *subs, struct urlset *known, const char *url,
	const char *title, const char *section)
{
	const char *copy = arena_strdup(&subs->arena, url);

	if (!urlset_add(known, copy, subs->count))
		return;
	ARRAY_GROW(subs->list, subs->count, subs->space);
	subs->list[subs->count++] = (struct subscription){
		copy, arena_strdup(&subs->arena, title), arena_strdup(&subs->arena, section)};
}

/* The section of a folder "News/Europe": the innermost one that the configuration knows, else the
 * innermost. */
static const char *section_of(const struct config *config, const char *folder)
{
	const char *last;
	size_t i;

	if (str_is_empty(folder))
		return NULL;
	for (i = 0; i < config->section_count; i++) {
		if (str_eq(config->sections[i].title, folder))
			return config->sections[i].title;
	}
	last = strrchr(folder, '/');
	return last && last[1] ? last + 1 : folder;
}

/* An outline must have a text; one that repeats the address is no title. */
static const char *title_of(const struct doc_link *link)
{
	return str_eq(link->title, link->url) ? NULL : link->title;
}

static bool load_opml(const struct config *config, const char *path, struct subscriptions *subs,
	struct urlset *known, struct config_errors *errors)
{
	struct job job = {.kind = JOB_OPML, .entry_published = DATE_NONE};
	struct answer answer;
	struct buf body = {0};
	enum status status;
	size_t i, mark = errors->count;
	bool is_usable;

	answer_init(&answer);
	status = file_read(path, LIMIT_FEED_BYTES, &body);
	if (status != STATUS_OK) {
		config_errors_add(errors, path, 0, "%s; a list of subscriptions (OPML) was meant",
			status == STATUS_LIMIT ? status_text(status) : strerror(errno));
		goto out;
	}
	job.body = buf_text(&body);
	job.body_len = body.len;
	status = parser_run(&job, 12 * LIMIT_PARSER_DEADLINE_MS, &answer);
	if (status == STATUS_IO)
		config_errors_add(
			errors, path, 0, "diurna-parse cannot be started: %s", strerror(errno));
	else if (status != STATUS_OK)
		config_errors_add(errors, path, 0, "%s", status_text(status));
	else if (answer.status == STATUS_LIMIT)
		config_errors_add(errors, path, 0,
			"more than %d feeds; the first of them are taken", LIMIT_SUBSCRIPTIONS);
	else if (answer.status != STATUS_OK)
		config_errors_add(errors, path, 0, "this is no OPML: %s",
			answer.message ? answer.message : status_text(answer.status));
	is_usable = errors->count == mark || answer.status == STATUS_LIMIT;
	for (i = 0; is_usable && i < answer.link_count; i++) {
		if (answer.links[i].url && url_is_web(answer.links[i].url))
			add(subs, known, answer.links[i].url, title_of(&answer.links[i]),
				section_of(config, answer.links[i].folder));
	}
out:
	buf_finish(&body);
	answer_finish(&answer);
	return errors->count == mark;
}

/* Settings for a feed that nobody subscribed to are most likely a slip of the pen. */
static void check_feed_blocks(const struct config *config, const struct subscriptions *subs,
	const struct urlset *known, struct config_errors *errors)
{
	const struct config_feed *feed;
	struct nearest nearest;
	size_t i, k;

	for (i = 0; i < config->feed_count; i++) {
		feed = &config->feeds[i];
		if (urlset_find(known, feed->url) != (size_t)URLSET_NONE)
			continue;
		nearest = (struct nearest){.word = feed->url};
		for (k = 0; k < subs->count && subs->count < 10000; k++)
			nearest_offer(&nearest, subs->list[k].url);
		config_errors_add(errors, config->path, feed->line,
			"feed \"%s\" is in no section and no list of subscriptions%s%s%s",
			feed->url, nearest.best ? "; did you mean \"" : "",
			nearest.best ? nearest.best : "", nearest.best ? "\"?" : "");
	}
}

const char *subscriptions_own(const struct config *config)
{
	size_t i;

	for (i = 0; i < config->subscription_count; i++) {
		if (!url_is_web(config->subscriptions[i]))
			return config->subscriptions[i];
	}
	return NULL;
}

const char *subscriptions_section(const struct config *config, const char *folder)
{
	return section_of(config, folder);
}

char *subscriptions_copy(const struct config *config, const char *url)
{
	const char *slash = strrchr(config->store_path, '/');

	return xasprintf("%.*slists/%016llx.opml", (int)(slash + 1 - config->store_path),
		config->store_path, (unsigned long long)terms_hash(url, strlen(url)));
}

/* False: it is not complete. A list that was never fetched is no mistake. */
static bool load_list(const struct config *config, const char *place, struct subscriptions *subs,
	struct urlset *known, struct config_errors *errors)
{
	bool is_complete = false;
	char *copy;

	if (!url_is_web(place))
		return load_opml(config, place, subs, known, errors);
	copy = subscriptions_copy(config, place);
	if (access(copy, F_OK) == 0)
		is_complete = load_opml(config, copy, subs, known, errors);
	free(copy);
	return is_complete;
}

enum status subscriptions_load(
	const struct config *config, struct subscriptions *subs, struct config_errors *errors)
{
	const struct config_section *section;
	const struct config_feed *settings;
	struct urlset known = {0};
	size_t i, k, mark = errors->count;
	bool is_complete = true;

	*subs = (struct subscriptions){0};
	for (i = 0; i < config->section_count; i++) {
		section = &config->sections[i];
		for (k = 0; k < section->feed_count; k++) {
			settings = config_feed(config, section->feeds[k]);
			add(subs, &known, section->feeds[k], settings ? settings->title : NULL,
				section->title);
		}
	}
	for (i = 0; i < config->subscription_count; i++)
		is_complete &= load_list(config, config->subscriptions[i], subs, &known, errors);
	for (i = 0; i < subs->count; i++) {
		settings = config_feed(config, subs->list[i].url);
		if (settings && settings->title)
			subs->list[i].title = arena_strdup(&subs->arena, settings->title);
	}
	if (is_complete)
		check_feed_blocks(config, subs, &known, errors);
	urlset_finish(&known);
	return errors->count > mark ? STATUS_CONFIG : STATUS_OK;
}

void subscriptions_finish(struct subscriptions *subs)
{
	if (!subs)
		return;
	free(subs->list);
	arena_finish(&subs->arena);
	*subs = (struct subscriptions){0};
}

/* Letters of Latin-1 and Latin Extended-A without their marks, from U+00C0 on; a space is none. */
static const char plain_latin[] = "aaaaaaaceeeeiiii"
				  "dnooooo ouuuuyts"
				  "aaaaaaaceeeeiiii"
				  "dnooooo ouuuuyty"
				  "aaaaaaccccccccdd"
				  "ddeeeeeeeeeegggg"
				  "gggghhhhiiiiiiii"
				  "iiiijjkkklllllll"
				  "lllnnnnnnnnnoooo"
				  "oooorrrrrrssssss"
				  "ssttttttuuuuuuuu"
				  "uuuuwwyyyzzzzzzs";

char *config_slug(const char *title, struct arena *arena)
{
	size_t len = strlen(title), size, i;
	struct buf slug = {0};
	unsigned c;
	char *text;

	for (i = 0; i < len && slug.len < 100; i += size) {
		c = utf8_decode(title + i, len - i, &size);
		if (c >= 0xC0 && c < 0xC0 + sizeof(plain_latin) - 1)
			c = (unsigned char)plain_latin[c - 0xC0];
		if (c < 0x80 && (str_is_alpha((char)c) || str_is_digit((char)c)))
			buf_putc(&slug, str_lower_char((char)c));
		else if (c > 0x2FF && utf8_width(c) > 0 && !(c >= 0x2000 && c < 0x2C00) &&
			 !(c >= 0x3000 && c < 0x3005) && c < 0xE000)
			buf_put_utf8(&slug, c);
		else if (slug.len > 0 && slug.data[slug.len - 1] != '-')
			buf_putc(&slug, '-');
	}
	while (slug.len > 0 && slug.data[slug.len - 1] == '-')
		buf_truncate(&slug, slug.len - 1);
	text = arena_strdup(arena, slug.len > 0 ? slug.data : "section");
	buf_finish(&slug);
	return text;
}
