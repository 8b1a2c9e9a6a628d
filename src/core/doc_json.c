#include "core/doc_json.h"

#include "core/date.h"

void json_add_str(json_t *object, const char *name, const char *value)
{
	if (value && *value)
		json_object_set_new(object, name, json_string(value));
}

void json_add_int(json_t *object, const char *name, int64_t value)
{
	if (value != 0)
		json_object_set_new(object, name, json_integer(value));
}

void json_add_time(json_t *object, const char *name, int64_t time_s)
{
	char text[DATE_TEXT_BYTES];

	if (time_s != DATE_NONE)
		json_add_str(object, name, date_format(time_s, text));
}

void json_add_flag(json_t *object, const char *name, bool is_set)
{
	if (is_set)
		json_object_set_new(object, name, json_true());
}

void json_add_list(json_t *object, const char *name, json_t *list)
{
	if (json_array_size(list) > 0)
		json_object_set_new(object, name, list);
	else
		json_decref(list);
}

void doc_json_add_categories(json_t *object, const struct doc_category *details, size_t count)
{
	json_t *list = json_array(), *detail;
	size_t i;

	for (i = 0; i < count; i++) {
		detail = json_object();
		json_add_str(detail, "name", details[i].name);
		json_add_str(detail, "label", details[i].label);
		json_add_str(detail, "scheme", details[i].scheme);
		json_array_append_new(list, detail);
	}
	json_add_list(object, "category_details", list);
}

void doc_json_add_credits(json_t *object, const struct doc_credit *credits, size_t count)
{
	json_t *list = json_array(), *credit;
	size_t i;

	for (i = 0; i < count; i++) {
		credit = json_object();
		json_add_str(credit, "name", credits[i].name);
		json_add_str(credit, "role", credits[i].role);
		json_add_str(credit, "url", credits[i].url);
		json_array_append_new(list, credit);
	}
	json_add_list(object, "credits", list);
}

json_t *doc_json_enclosures(const struct doc_enclosure *enclosures, size_t count)
{
	json_t *list = json_array(), *one;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct doc_enclosure *enclosure = &enclosures[i];

		one = json_object();
		json_add_str(one, "url", enclosure->url);
		json_add_str(one, "type", enclosure->type);
		if (enclosure->length >= 0)
			json_object_set_new(one, "length", json_integer(enclosure->length));
		json_add_str(one, "title", enclosure->title);
		json_add_str(one, "medium", enclosure->medium);
		json_add_str(one, "language", enclosure->language);
		json_add_int(one, "duration", enclosure->duration_s);
		json_add_int(one, "width", enclosure->width);
		json_add_int(one, "height", enclosure->height);
		json_add_int(one, "group", enclosure->group);
		json_add_flag(one, "default", enclosure->is_default);
		json_array_append_new(list, one);
	}
	return list;
}

static void add_images(json_t *object, const struct doc_image *images, size_t count)
{
	json_t *list, *image;
	size_t i;

	if (count < 2 && (count == 0 || (images->width == 0 && images->height == 0)))
		return; /* the entry's image says it all */
	list = json_array();
	for (i = 0; i < count; i++) {
		image = json_object();
		json_add_str(image, "url", images[i].url);
		json_add_int(image, "width", images[i].width);
		json_add_int(image, "height", images[i].height);
		json_array_append_new(list, image);
	}
	json_add_list(object, "images", list);
}

static void add_transcripts(json_t *object, const struct doc_transcript *transcripts, size_t count)
{
	json_t *list = json_array(), *transcript;
	size_t i;

	for (i = 0; i < count; i++) {
		transcript = json_object();
		json_add_str(transcript, "url", transcripts[i].url);
		json_add_str(transcript, "type", transcripts[i].type);
		json_add_str(transcript, "language", transcripts[i].language);
		json_array_append_new(list, transcript);
	}
	json_add_list(object, "transcripts", list);
}

void doc_json_add_details(json_t *object, const struct feed_entry *entry)
{
	json_add_str(object, "content_url", entry->content_url);
	doc_json_add_categories(object, entry->category_details, entry->category_detail_count);
	json_add_str(object, "comments_feed", entry->comments_feed);
	if (entry->comment_count >= 0)
		json_object_set_new(object, "comment_count", json_integer(entry->comment_count));
	add_images(object, entry->images, entry->image_count);
	json_add_str(object, "source_title", entry->source_title);
	json_add_str(object, "source_url", entry->source_url);
	json_add_str(object, "reply_to", entry->reply_to);
	json_add_str(object, "reply_to_url", entry->reply_to_url);
	doc_json_add_credits(object, entry->credits, entry->credit_count);
	json_add_str(object, "rights", entry->rights);
	json_add_str(object, "license", entry->license);
	json_add_int(object, "duration", entry->duration_s);
	json_add_str(object, "season", entry->season);
	json_add_str(object, "episode", entry->episode);
	add_transcripts(object, entry->transcripts, entry->transcript_count);
	json_add_str(object, "chapters", entry->chapters);
}
