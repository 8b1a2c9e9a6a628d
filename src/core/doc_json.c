#include "core/doc_json.h"

#include "core/date.h"

#include <stddef.h>

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

/* How a member of a record is written. */
enum member_kind {
	MEMBER_TEXT,   /* const char * */
	MEMBER_LENGTH, /* int64_t; below 0 is absent */
	MEMBER_NUMBER, /* int64_t; 0 is absent */
	MEMBER_SIZE,   /* uint32_t; 0 is absent */
	MEMBER_FLAG,   /* bool */
};

struct member {
	const char *name;
	enum member_kind kind;
	size_t place; /* in the record */
};

static const struct member author_members[] = {
	{"name", MEMBER_TEXT, offsetof(struct doc_author, name)},
	{"email", MEMBER_TEXT, offsetof(struct doc_author, email)},
	{"url", MEMBER_TEXT, offsetof(struct doc_author, url)},
	{0},
};
static const struct member category_members[] = {
	{"name", MEMBER_TEXT, offsetof(struct doc_category, name)},
	{"label", MEMBER_TEXT, offsetof(struct doc_category, label)},
	{"scheme", MEMBER_TEXT, offsetof(struct doc_category, scheme)},
	{0},
};
static const struct member credit_members[] = {
	{"name", MEMBER_TEXT, offsetof(struct doc_credit, name)},
	{"role", MEMBER_TEXT, offsetof(struct doc_credit, role)},
	{"url", MEMBER_TEXT, offsetof(struct doc_credit, url)},
	{0},
};
static const struct member image_members[] = {
	{"url", MEMBER_TEXT, offsetof(struct doc_image, url)},
	{"width", MEMBER_SIZE, offsetof(struct doc_image, width)},
	{"height", MEMBER_SIZE, offsetof(struct doc_image, height)},
	{0},
};
static const struct member transcript_members[] = {
	{"url", MEMBER_TEXT, offsetof(struct doc_transcript, url)},
	{"type", MEMBER_TEXT, offsetof(struct doc_transcript, type)},
	{"language", MEMBER_TEXT, offsetof(struct doc_transcript, language)},
	{0},
};
static const struct member enclosure_members[] = {
	{"url", MEMBER_TEXT, offsetof(struct doc_enclosure, url)},
	{"type", MEMBER_TEXT, offsetof(struct doc_enclosure, type)},
	{"length", MEMBER_LENGTH, offsetof(struct doc_enclosure, length)},
	{"title", MEMBER_TEXT, offsetof(struct doc_enclosure, title)},
	{"medium", MEMBER_TEXT, offsetof(struct doc_enclosure, medium)},
	{"language", MEMBER_TEXT, offsetof(struct doc_enclosure, language)},
	{"duration", MEMBER_NUMBER, offsetof(struct doc_enclosure, duration_s)},
	{"width", MEMBER_SIZE, offsetof(struct doc_enclosure, width)},
	{"height", MEMBER_SIZE, offsetof(struct doc_enclosure, height)},
	{"group", MEMBER_SIZE, offsetof(struct doc_enclosure, group)},
	{"default", MEMBER_FLAG, offsetof(struct doc_enclosure, is_default)},
	{0},
};

static void add_member(json_t *object, const struct member *member, const char *record)
{
	const void *value = record + member->place;
	int64_t number;

	switch (member->kind) {
	case MEMBER_TEXT: json_add_str(object, member->name, *(const char *const *)value); break;
	case MEMBER_LENGTH:
		number = *(const int64_t *)value;
		if (number >= 0)
			json_object_set_new(object, member->name, json_integer(number));
		break;
	case MEMBER_NUMBER: json_add_int(object, member->name, *(const int64_t *)value); break;
	case MEMBER_SIZE: json_add_int(object, member->name, *(const uint32_t *)value); break;
	case MEMBER_FLAG: json_add_flag(object, member->name, *(const bool *)value); break;
	}
}

/* count records of size bytes each as a list of objects. */
static json_t *list_of(const void *records, size_t count, size_t size, const struct member *members)
{
	json_t *list = json_array(), *object;
	const struct member *member;
	size_t i;

	for (i = 0; i < count; i++) {
		object = json_object();
		for (member = members; member->name; member++)
			add_member(object, member, (const char *)records + i * size);
		json_array_append_new(list, object);
	}
	return list;
}

json_t *doc_json_authors(const struct doc_author *authors, size_t count)
{
	return list_of(authors, count, sizeof(*authors), author_members);
}

json_t *doc_json_categories(const struct doc_category *details, size_t count)
{
	return list_of(details, count, sizeof(*details), category_members);
}

json_t *doc_json_credits(const struct doc_credit *credits, size_t count)
{
	return list_of(credits, count, sizeof(*credits), credit_members);
}

json_t *doc_json_enclosures(const struct doc_enclosure *enclosures, size_t count)
{
	return list_of(enclosures, count, sizeof(*enclosures), enclosure_members);
}

/* Pictures, where they say more than the entry's image does. */
static void add_images(json_t *object, const struct doc_image *images, size_t count)
{
	if (count > 1 || (count == 1 && (images->width > 0 || images->height > 0)))
		json_object_set_new(
			object, "images", list_of(images, count, sizeof(*images), image_members));
}

void doc_json_add_details(json_t *object, const struct feed_entry *entry)
{
	json_add_str(object, "content_url", entry->content_url);
	json_add_list(object, "category_details",
		doc_json_categories(entry->category_details, entry->category_detail_count));
	json_add_str(object, "comments_feed", entry->comments_feed);
	if (entry->comment_count >= 0)
		json_object_set_new(object, "comment_count", json_integer(entry->comment_count));
	add_images(object, entry->images, entry->image_count);
	json_add_str(object, "source_title", entry->source_title);
	json_add_str(object, "source_url", entry->source_url);
	json_add_str(object, "reply_to", entry->reply_to);
	json_add_str(object, "reply_to_url", entry->reply_to_url);
	json_add_list(object, "credits", doc_json_credits(entry->credits, entry->credit_count));
	json_add_str(object, "rights", entry->rights);
	json_add_str(object, "license", entry->license);
	json_add_int(object, "duration", entry->duration_s);
	json_add_str(object, "season", entry->season);
	json_add_str(object, "episode", entry->episode);
	json_add_list(object, "transcripts",
		list_of(entry->transcripts, entry->transcript_count, sizeof(*entry->transcripts),
			transcript_members));
	json_add_str(object, "chapters", entry->chapters);
}
