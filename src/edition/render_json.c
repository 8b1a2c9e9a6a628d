/*
 * A section's digest as a JSON Feed with all that the other formats print in "_diurna": a template
 * of one's own needs nothing else. Source: JSON Feed 1.1.
 */
#include "core/date.h"
#include "core/str.h"
#include "edition/render.h"

#include <jansson.h>

static void set_text(json_t *object, const char *name, const char *text)
{
	if (!str_is_empty(text))
		json_object_set_new(object, name, json_string(text));
}

static void set_time(json_t *object, const char *name, int64_t time_s)
{
	char text[DATE_TEXT_BYTES];

	if (time_s != DATE_NONE)
		set_text(object, name, date_format(time_s, text));
}

static json_t *text_list(const char *const *texts, size_t count)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < count; i++)
		json_array_append_new(list, json_string(texts[i]));
	return list;
}

static json_t *also_list(const struct edition_story *story)
{
	json_t *list = json_array();
	size_t i;

	for (i = 1; i < story->item_count; i++) {
		json_t *also = json_object();

		json_object_set_new(also, "id", json_integer(story->items[i].id));
		set_text(also, "source", story->items[i].source);
		set_text(also, "title", story->items[i].title);
		set_text(also, "url", story->items[i].url);
		json_array_append_new(list, also);
	}
	return list;
}

static json_t *references(const struct edition *edition, const struct edition_section *section)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < section->reference_count; i++) {
		const struct edition_reference *reference = &section->references[i];
		json_t *object = json_object();

		json_object_set_new(object, "id", json_integer(reference->id));
		set_text(object, "title", reference->title);
		set_text(object, "section", reference->section);
		set_text(object, "slug", reference->slug);
		set_text(object, "edition",
			reference->edition ? reference->edition : edition->row.name);
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *changes_object(const struct edition_changes *changes)
{
	json_t *object = json_object();

	set_text(object, "title_before", changes->title_before);
	json_object_set_new(object, "added", text_list(changes->added, changes->added_count));
	json_object_set_new(object, "removed", text_list(changes->removed, changes->removed_count));
	return object;
}

/* What JSON Feed has no name for. */
static json_t *own_part(const struct edition_story *story)
{
	static const char *const groups[] = {
		[GROUP_NEWS] = "news", [GROUP_EARLIER] = "earlier", [GROUP_UPDATED] = "updated"};
	const struct edition_item *item = &story->items[0];
	json_t *own = json_object();

	json_object_set_new(own, "id", json_integer(item->id));
	set_text(own, "source", item->source);
	json_object_set_new(own, "group", json_string(groups[story_group(story)]));
	json_object_set_new(own, "importance", json_real(story->importance));
	json_object_set_new(own, "words", json_integer(item->words));
	json_object_set_new(own, "minutes", json_integer(item->minutes));
	set_time(own, "arrived", item->arrived_at);
	set_text(own, "note", item->note);
	set_text(own, "raised_by", item->raised_by);
	if (item->changes)
		json_object_set_new(own, "changes", changes_object(item->changes));
	json_object_set_new(own, "also", also_list(story));
	return own;
}

static json_t *attachments(const struct edition_item *item)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < item->enclosure_count; i++) {
		const struct doc_enclosure *file = &item->enclosures[i];
		json_t *one = json_object();

		set_text(one, "url", file->url);
		set_text(one, "mime_type",
			str_is_empty(file->type) ? "application/octet-stream" : file->type);
		if (file->length > 0)
			json_object_set_new(one, "size_in_bytes", json_integer(file->length));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *item_object(const struct edition_section *section, const struct edition_story *story)
{
	const struct edition_item *item = &story->items[0];
	json_t *object = json_object();
	char id[32];

	snprintf(id, sizeof(id), "diurna:item:%lld", (long long)item->id);
	set_text(object, "id",
		item->named               ? item->named
		: str_is_empty(item->url) ? id
					  : item->url);
	set_text(object, "url", item->url);
	set_text(object, "title", item->title);
	/* One of the two contents has to be there. */
	if (section->print == PRINT_FULL && !str_is_empty(item->html))
		set_text(object, "content_html", item->html);
	else
		json_object_set_new(object, "content_text",
			json_string(section->print == PRINT_TITLE || !item->excerpt
					    ? ""
					    : item->excerpt));
	set_text(object, "summary", item->excerpt);
	set_text(object, "image", item->image);
	set_time(object, "date_published", item->published_at);
	if (item->is_update)
		set_time(object, "date_modified", item->arrived_at);
	if (!str_is_empty(item->byline))
		json_object_set_new(object, "authors", json_pack("[{s:s}]", "name", item->byline));
	if (item->category_count)
		json_object_set_new(
			object, "tags", text_list(item->categories, item->category_count));
	set_text(object, "language", item->language);
	if (item->enclosure_count)
		json_object_set_new(object, "attachments", attachments(item));
	json_object_set_new(object, "_diurna", own_part(story));
	return object;
}

static json_t *edition_object(const struct edition *edition, const struct edition_section *section)
{
	json_t *own = json_object();

	json_object_set_new(own, "about",
		json_string("The edition that this section belongs to; times are UTC."));
	set_text(own, "newspaper", edition->name);
	set_text(own, "edition", edition->row.name);
	json_object_set_new(own, "number", json_integer(edition->row.id));
	set_text(own, "date", edition->date);
	set_text(own, "section", section->title);
	set_text(own, "slug", section->slug);
	set_time(own, "from", section->window_from);
	set_time(own, "until", edition->row.window_to);
	set_text(own, "version", edition->version);
	set_text(own, "timezone", edition->row.timezone);
	json_object_set_new(own, "stories", json_integer((json_int_t)section->story_count));
	json_object_set_new(own, "items", json_integer((json_int_t)section->item_count));
	json_object_set_new(own, "sources", json_integer((json_int_t)section->source_count));
	json_object_set_new(own, "words", json_integer(section->words));
	json_object_set_new(own, "minutes", json_integer(section->minutes));
	set_text(own, "previous", section->previous);
	json_object_set_new(own, "elsewhere", references(edition, section));
	json_object_set_new(own, "notes", text_list(section->notes, section->note_count));
	json_object_set_new(own, "edition_notes", text_list(edition->notes, edition->note_count));
	return own;
}

static json_t *feed_object(const struct edition *edition, const struct edition_section *section)
{
	json_t *root = json_object();
	struct buf title = {0};

	buf_printf(&title, "%s \xE2\x80\x93 %s", section->title, edition->name);
	set_text(root, "version", "https://jsonfeed.org/version/1.1");
	set_text(root, "title", buf_text(&title));
	set_text(root, "language", section->language);
	buf_finish(&title);
	return root;
}

static enum status write_object(FILE *to, json_t *root)
{
	int failed = json_dumpf(root, to, JSON_INDENT(1) | JSON_REAL_PRECISION(6));

	json_decref(root);
	return failed || fputc('\n', to) == EOF ? STATUS_IO : STATUS_OK;
}

enum status render_json(
	FILE *to, const struct edition *edition, const struct edition_section *section)
{
	json_t *root = feed_object(edition, section), *items = json_array();
	size_t i;

	json_object_set_new(root, "_diurna", edition_object(edition, section));
	for (i = 0; i < section->story_count; i++)
		json_array_append_new(items, item_object(section, &section->stories[i]));
	json_object_set_new(root, "items", items);
	return write_object(to, root);
}

/* An item that was printed again when it had changed is in it as it is now. */
enum status render_feed_json(FILE *to, const struct feed_source *source)
{
	json_t *root = NULL, *items = json_array(), *known = json_object();
	size_t i, j;

	for (i = 0; i < source->count; i++) {
		const struct edition_section *section =
			section_find_slug(source->editions[i], source->section->slug);

		if (section && !root)
			root = feed_object(source->editions[i], section);
		for (j = 0; section && j < section->story_count; j++) {
			json_t *item = item_object(section, &section->stories[j]);
			const char *id = json_string_value(json_object_get(item, "id"));

			if (json_object_get(known, id)) {
				json_decref(item);
				continue;
			}
			json_object_set_new(known, id, json_true());
			json_array_append_new(items, item);
		}
	}
	json_decref(known);
	if (!root) {
		json_decref(items);
		return STATUS_NOT_FOUND;
	}
	json_object_set_new(root, "items", items);
	return write_object(to, root);
}
