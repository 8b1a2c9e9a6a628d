#include "edition/render.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "core/utf8.h"

#include <stdlib.h>
#include <string.h>

enum {
	TAGS = 8,       /* that are shown of an article; some list every name in it */
	TAG_BYTES = 80, /* longer ones are sentences */
};

enum status render_write(FILE *to, struct buf *text)
{
	bool is_whole = fwrite(buf_text(text), 1, text->len, to) == text->len;

	buf_finish(text);
	return is_whole ? STATUS_OK : STATUS_IO;
}

enum status render_write_plain(FILE *to, struct buf *text)
{
	struct buf plain = {0};
	size_t at, size, from = 0;
	unsigned c;

	for (at = 0; at < text->len; at += size) {
		c = utf8_decode(text->data + at, text->len - at, &size);
		if ((c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t' ||
			(c >= 0xA0 && (c != UTF8_BAD || size > 1)))
			continue;
		buf_put(&plain, text->data + from, at - from);
		buf_putc(&plain, '?');
		from = at + size;
	}
	if (from == 0)
		return render_write(to, text);
	buf_put(&plain, text->data + from, text->len - from);
	buf_finish(text);
	return render_write(to, &plain);
}

void put_host(const char *url, struct buf *to)
{
	struct url parts;

	url_split(url, strlen(url), &parts);
	if (!parts.host.data || parts.host.len == 0) {
		buf_puts(to, url);
		return;
	}
	if (parts.host.len > 4 && str_istarts(parts.host.data, "www.")) {
		parts.host.data += 4;
		parts.host.len -= 4;
	}
	buf_put(to, parts.host.data, parts.host.len);
}

void put_counts(const struct words *words, const struct edition_section *section,
	const char *between, struct buf *to)
{
	words_count(words, COUNTED_STORIES, (int64_t)section->story_count, to);
	if (section->story_count == 0)
		return;
	buf_puts(to, between);
	words_count(words, COUNTED_SOURCES, (int64_t)section->source_count, to);
	buf_puts(to, between);
	words_count(words, COUNTED_MINUTES, section->minutes, to);
}

void put_totals(const struct words *words, const struct edition_section *section,
	const char *between, struct buf *to)
{
	put_counts(words, section, between, to);
	if (section->words > 0) {
		buf_puts(to, between);
		words_count(words, COUNTED_WORDS, section->words, to);
	}
}

/* Adds what is not known yet of a section's sources. */
static void add_sources(
	const struct edition_section *section, const char ***sources, size_t *count, size_t *space)
{
	size_t i, j, k;

	for (i = 0; i < section->story_count; i++) {
		for (j = 0; j < section->stories[i].item_count; j++) {
			const char *source = section->stories[i].items[j].source;

			for (k = 0; k < *count && !str_eq((*sources)[k], source); k++)
				continue;
			if (k < *count)
				continue;
			ARRAY_GROW(*sources, *count, *space);
			(*sources)[(*count)++] = source;
		}
	}
}

void put_edition_totals(const struct words *words, const struct edition *edition,
	const char *between, struct buf *to)
{
	struct edition_section all = {0};
	const char **sources = NULL;
	size_t space = 0, i;

	for (i = 0; i < edition->section_count; i++) {
		all.story_count += edition->sections[i].story_count;
		all.words += edition->sections[i].words;
		all.minutes += edition->sections[i].minutes;
		add_sources(&edition->sections[i], &sources, &all.source_count, &space);
	}
	free(sources);
	put_totals(words, &all, between, to);
}

void put_window(
	const struct words *words, const struct edition *edition, int64_t from, struct buf *to)
{
	const char *zone = edition->row.timezone;
	struct buf moment = {0};
	char year[16];

	/* A day that no year has: it is said always, the year where that is another. */
	snprintf(year, sizeof(year), "%.4s-00-00", edition->date);
	words_moment(words, zone, from, year, &moment);
	words_put(words, WORD_WINDOW, buf_text(&moment), to);
	buf_putc(to, ' ');
	buf_clear(&moment);
	words_moment(words, zone, edition->row.window_to, year, &moment);
	words_put(words, WORD_UNTIL, buf_text(&moment), to);
	if (!str_is_empty(zone))
		buf_printf(to, " (%s)", zone);
	buf_finish(&moment);
}

void put_imprint(const struct words *words, const struct edition *edition, int64_t from,
	const char *between, struct buf *to)
{
	put_window(words, edition, from, to);
	if (edition->version) {
		buf_puts(to, between);
		words_put(words, WORD_MADE, edition->version, to);
	}
}

void put_tags(const struct edition_item *item, struct buf *to)
{
	size_t i, j, written = 0;

	for (i = 0; i < item->category_count && written < TAGS; i++) {
		const char *tag = item->categories[i];

		for (j = 0; j < i && !str_ieq(item->categories[j], tag); j++)
			continue;
		if (j < i || str_is_empty(tag) || strlen(tag) > TAG_BYTES)
			continue;
		buf_printf(to, "%s%s", written++ ? ", " : "", tag);
	}
}

int64_t item_time(const struct edition_item *item)
{
	return item->published_at != DATE_NONE ? item->published_at : item->arrived_at;
}

void put_when(const struct words *words, const struct edition *edition,
	const struct edition_item *item, struct buf *to)
{
	words_moment(words, edition->row.timezone, item_time(item), edition->date, to);
}

void put_title(const struct edition_item *item, struct buf *to)
{
	if (!str_is_empty(item->title))
		buf_puts(to, item->title);
	else if (!str_is_empty(item->url))
		put_host(item->url, to);
	else
		buf_puts(to, item->source);
}

void put_elsewhere(
	const struct words *words, const struct edition_reference *reference, struct buf *to)
{
	words_put(words, WORD_SEE_ALSO, reference->section, to);
	buf_puts(to, words_colon(words));
}

void put_elsewhere_url(
	const struct edition_reference *reference, const char *extension, struct buf *to)
{
	if (reference->edition)
		buf_printf(to, "../%s/", reference->edition);
	buf_printf(to, "%s.%s#a-%lld", reference->slug, extension, (long long)reference->id);
}

static bool is_same_source(const struct edition_story *story, size_t a, size_t b)
{
	return str_eq(story->items[a].source, story->items[b].source);
}

bool also_names_source(const struct edition_story *story, size_t index)
{
	size_t i;

	for (i = 1; i < index; i++) {
		if (is_same_source(story, i, index))
			return false;
	}
	return true;
}

size_t also_next(const struct edition_story *story, size_t index)
{
	size_t i;

	for (i = index + 1; index > 0 && i < story->item_count; i++) {
		if (is_same_source(story, i, index))
			return i;
	}
	for (i = 1; i < index && !is_same_source(story, i, index); i++)
		continue;
	for (i = index > 0 ? i + 1 : 1; i < story->item_count; i++) {
		if (also_names_source(story, i))
			return i;
	}
	return 0;
}

const char *also_title(const struct edition_story *story, size_t index, struct buf *to)
{
	buf_clear(to);
	if (also_names_source(story, index) && !str_is_empty(story->items[index].title) &&
		str_ieq(story->items[index].title, story->items[0].title))
		return NULL;
	put_title(&story->items[index], to);
	return buf_text(to);
}

const struct edition_section *section_find_slug(const struct edition *edition, const char *slug)
{
	size_t i;

	for (i = 0; i < edition->section_count; i++) {
		if (str_eq(edition->sections[i].slug, slug))
			return &edition->sections[i];
	}
	return NULL;
}

enum story_group story_group(const struct edition_story *story)
{
	if (story->items[0].is_update)
		return GROUP_UPDATED;
	return story->items[0].is_earlier ? GROUP_EARLIER : GROUP_NEWS;
}

const char *group_heading(
	const struct words *words, const struct edition_section *section, size_t index)
{
	enum story_group group = story_group(&section->stories[index]);

	if (group == GROUP_NEWS ||
		(index > 0 && story_group(&section->stories[index - 1]) == group))
		return NULL;
	return words_get(words, group == GROUP_EARLIER ? WORD_EARLIER : WORD_UPDATED);
}

bool language_is_rtl(const char *language)
{
	static const char *const tags[] = {
		"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "ps", "sd", "ug", "ur", "yi"};
	size_t i;

	for (i = 0; language && i < ARRAY_LEN(tags); i++) {
		if (str_istarts(language, tags[i]) && !str_is_alpha(language[strlen(tags[i])]))
			return true;
	}
	return false;
}
