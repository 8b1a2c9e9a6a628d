#include "core/doc.h"

#include "core/limits.h"
#include "core/utf8.h"
#include "core/wire.h"

#include <string.h>

void feed_doc_init(struct feed_doc *doc)
{
	memset(doc, 0, sizeof(*doc));
	doc->updated = doc->update_base = DATE_NONE;
}

void feed_doc_finish(struct feed_doc *doc)
{
	if (!doc)
		return;
	arena_finish(&doc->arena);
	feed_doc_init(doc);
}

void article_init(struct article *article)
{
	memset(article, 0, sizeof(*article));
	article->published = article->modified = DATE_NONE;
}

void article_finish(struct article *article)
{
	if (!article)
		return;
	arena_finish(&article->arena);
	article_init(article);
}

static void shorten(struct arena *arena, const char **text)
{
	size_t len = *text ? strlen(*text) : 0;

	if (len > LIMIT_NAME_BYTES)
		*text = arena_strndup(arena, *text, utf8_cut(*text, len, LIMIT_NAME_BYTES));
}

void feed_doc_shorten(struct feed_doc *doc)
{
	size_t i;

	shorten(&doc->arena, &doc->title);
	shorten(&doc->arena, &doc->description);
	shorten(&doc->arena, &doc->rights);
	for (i = 0; i < doc->entry_count; i++) {
		shorten(&doc->arena, &doc->entries[i].title);
		shorten(&doc->arena, &doc->entries[i].source_title);
		shorten(&doc->arena, &doc->entries[i].rights);
	}
}

const char *article_source_name(enum article_source source)
{
	static const char *const names[] = {
		[ARTICLE_SOURCE_NONE] = "none",
		[ARTICLE_SOURCE_PAGE] = "page",
		[ARTICLE_SOURCE_JSONLD] = "jsonld",
		[ARTICLE_SOURCE_FEED] = "feed",
		[ARTICLE_SOURCE_RULE] = "rule",
	};

	return names[source <= ARTICLE_SOURCE_RULE ? source : ARTICLE_SOURCE_NONE];
}

/*
 * A record is described once, in a table: which field has which tag, type and place. Writing and
 * reading both walk the table, so they cannot disagree.
 */
enum field_type {
	FIELD_STR,    /* const char * */
	FIELD_INT64,  /* int64_t */
	FIELD_UINT32, /* uint32_t */
	FIELD_UINT8,  /* uint8_t */
	FIELD_BOOL,   /* bool */
	FIELD_DOUBLE, /* double */
	FIELD_STRS,   /* const char *const *, with a count */
	FIELD_HASHES, /* const uint64_t *, with a count */
	FIELD_LIST,   /* records of table `of`, with a count */
};

struct record;

struct field {
	enum field_type type;
	size_t place;            /* offset of the value */
	size_t count_place;      /* offset of its size_t count, for lists */
	const struct record *of; /* FIELD_LIST: what it lists */
	size_t max;              /* lists: elements accepted */
};

struct record {
	const struct field *fields; /* its tag is the place in this table, from 1 */
	size_t field_count;
	size_t size; /* bytes of the struct */
	void (*init)(void *);
};

#define F(t, s, m)                                          \
	{                                                   \
		.type = (t), .place = offsetof(struct s, m) \
	}
#define STR(s, m) F(FIELD_STR, s, m)
#define COUNTED(t, s, m, c, n)                                                                     \
	{                                                                                          \
		.type = (t), .place = offsetof(struct s, m), .count_place = offsetof(struct s, c), \
		.max = (n)                                                                         \
	}
#define LIST(s, m, c, r, n)                                                 \
	{                                                                   \
		.type = FIELD_LIST, .place = offsetof(struct s, m),         \
		.count_place = offsetof(struct s, c), .of = (r), .max = (n) \
	}
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct field author_fields[] = {
	STR(doc_author, name),
	STR(doc_author, email),
	STR(doc_author, url),
};
static const struct record author_record = {
	author_fields, COUNT(author_fields), sizeof(struct doc_author), NULL};

static const struct field credit_fields[] = {
	STR(doc_credit, name),
	STR(doc_credit, role),
	STR(doc_credit, url),
};
static const struct record credit_record = {
	credit_fields, COUNT(credit_fields), sizeof(struct doc_credit), NULL};

static const struct field category_fields[] = {
	STR(doc_category, name),
	STR(doc_category, label),
	STR(doc_category, scheme),
};
static const struct record category_record = {
	category_fields, COUNT(category_fields), sizeof(struct doc_category), NULL};

static const struct field image_fields[] = {
	STR(doc_image, url),
	F(FIELD_UINT32, doc_image, width),
	F(FIELD_UINT32, doc_image, height),
};
static const struct record image_record = {
	image_fields, COUNT(image_fields), sizeof(struct doc_image), NULL};

static const struct field transcript_fields[] = {
	STR(doc_transcript, url),
	STR(doc_transcript, type),
	STR(doc_transcript, language),
};
static const struct record transcript_record = {
	transcript_fields, COUNT(transcript_fields), sizeof(struct doc_transcript), NULL};

static void enclosure_init(void *enclosure)
{
	((struct doc_enclosure *)enclosure)->length = -1;
}

static const struct field enclosure_fields[] = {
	STR(doc_enclosure, url),
	STR(doc_enclosure, type),
	F(FIELD_INT64, doc_enclosure, length),
	STR(doc_enclosure, title),
	STR(doc_enclosure, medium),
	STR(doc_enclosure, language),
	F(FIELD_INT64, doc_enclosure, duration_s),
	F(FIELD_UINT32, doc_enclosure, width),
	F(FIELD_UINT32, doc_enclosure, height),
	F(FIELD_UINT32, doc_enclosure, group),
	F(FIELD_BOOL, doc_enclosure, is_default),
};
static const struct record enclosure_record = {
	enclosure_fields, COUNT(enclosure_fields), sizeof(struct doc_enclosure), enclosure_init};

static void entry_init(void *entry)
{
	((struct feed_entry *)entry)->published = DATE_NONE;
	((struct feed_entry *)entry)->updated = DATE_NONE;
	((struct feed_entry *)entry)->comment_count = -1;
}

static const struct field entry_fields[] = {
	STR(feed_entry, id),
	STR(feed_entry, url),
	STR(feed_entry, title),
	STR(feed_entry, summary),
	STR(feed_entry, content),
	STR(feed_entry, content_url),
	F(FIELD_INT64, feed_entry, published),
	F(FIELD_INT64, feed_entry, updated),
	LIST(feed_entry, authors, author_count, &author_record, LIMIT_LIST),
	COUNTED(FIELD_STRS, feed_entry, categories, category_count, LIMIT_LIST),
	LIST(feed_entry, enclosures, enclosure_count, &enclosure_record, LIMIT_LIST),
	LIST(feed_entry, category_details, category_detail_count, &category_record, LIMIT_LIST),
	STR(feed_entry, comments),
	STR(feed_entry, comments_feed),
	F(FIELD_INT64, feed_entry, comment_count),
	STR(feed_entry, image),
	LIST(feed_entry, images, image_count, &image_record, LIMIT_LIST),
	STR(feed_entry, language),
	STR(feed_entry, source_title),
	STR(feed_entry, source_url),
	STR(feed_entry, reply_to),
	STR(feed_entry, reply_to_url),
	LIST(feed_entry, credits, credit_count, &credit_record, LIMIT_LIST),
	STR(feed_entry, rights),
	STR(feed_entry, license),
	F(FIELD_INT64, feed_entry, duration_s),
	STR(feed_entry, season),
	STR(feed_entry, episode),
	LIST(feed_entry, transcripts, transcript_count, &transcript_record, LIMIT_LIST),
	STR(feed_entry, chapters),
};
static const struct record entry_record = {
	entry_fields, COUNT(entry_fields), sizeof(struct feed_entry), entry_init};

static const struct field feed_fields[] = {
	STR(feed_doc, format),
	STR(feed_doc, encoding),
	STR(feed_doc, id),
	STR(feed_doc, title),
	STR(feed_doc, url),
	STR(feed_doc, self),
	STR(feed_doc, description),
	STR(feed_doc, language),
	F(FIELD_INT64, feed_doc, updated),
	STR(feed_doc, image),
	STR(feed_doc, icon),
	STR(feed_doc, hub),
	STR(feed_doc, next),
	STR(feed_doc, prev_archive),
	STR(feed_doc, current),
	STR(feed_doc, new_url),
	F(FIELD_BOOL, feed_doc, is_complete),
	F(FIELD_BOOL, feed_doc, is_archive),
	F(FIELD_BOOL, feed_doc, is_finished),
	F(FIELD_BOOL, feed_doc, is_cut),
	F(FIELD_INT64, feed_doc, ttl_min),
	F(FIELD_INT64, feed_doc, update_period_s),
	F(FIELD_INT64, feed_doc, update_base),
	F(FIELD_UINT32, feed_doc, skip_hours),
	F(FIELD_UINT8, feed_doc, skip_days),
	LIST(feed_doc, authors, author_count, &author_record, LIMIT_LIST),
	COUNTED(FIELD_STRS, feed_doc, categories, category_count, LIMIT_LIST),
	LIST(feed_doc, category_details, category_detail_count, &category_record, LIMIT_LIST),
	LIST(feed_doc, credits, credit_count, &credit_record, LIMIT_LIST),
	STR(feed_doc, rights),
	STR(feed_doc, license),
	STR(feed_doc, generator),
	STR(feed_doc, funding),
	LIST(feed_doc, entries, entry_count, &entry_record, LIMIT_FEED_ENTRIES),
	COUNTED(FIELD_STRS, feed_doc, warnings, warning_count, LIMIT_FEED_WARNINGS),
};
static const struct record feed_record = {
	feed_fields, COUNT(feed_fields), sizeof(struct feed_doc), NULL};

static const struct field article_fields[] = {
	STR(article, url),
	STR(article, title),
	STR(article, byline),
	F(FIELD_INT64, article, published),
	F(FIELD_INT64, article, modified),
	STR(article, published_text),
	STR(article, modified_text),
	STR(article, site),
	STR(article, section),
	STR(article, language),
	STR(article, image),
	STR(article, excerpt),
	STR(article, text),
	STR(article, html),
	STR(article, next_url),
	STR(article, amp_url),
	COUNTED(FIELD_STRS, article, categories, category_count, LIMIT_LIST),
	F(FIELD_DOUBLE, article, quality),
	F(FIELD_UINT32, article, source),
	F(FIELD_BOOL, article, is_truncated),
	STR(article, reason),
	COUNTED(FIELD_HASHES, article, block_hashes, block_hash_count, LIMIT_FEED_ENTRIES),
	STR(article, whole_url),
	F(FIELD_BOOL, article, rule_failed),
};
static const struct record article_record = {
	article_fields, COUNT(article_fields), sizeof(struct article), NULL};

static void put_record(struct buf *to, const struct record *record, const char *from);

static void put_list(struct buf *to, uint16_t tag, const struct field *field, const char *from)
{
	size_t count, i, mark;
	const void *list;

	memcpy(&count, from + field->count_place, sizeof(count));
	memcpy(&list, from + field->place, sizeof(list));
	if (count > field->max)
		count = field->max;
	if (field->type == FIELD_HASHES) {
		if (count > 0)
			wire_put(to, tag, list, count * sizeof(uint64_t));
		return;
	}
	for (i = 0; i < count; i++) {
		if (field->type == FIELD_STRS) {
			wire_put_str(to, tag, ((const char *const *)list)[i]);
			continue;
		}
		mark = wire_open(to, tag);
		put_record(to, field->of, (const char *)list + i * field->of->size);
		wire_close(to, mark);
	}
}

static void put_field(struct buf *to, uint16_t tag, const struct field *field, const char *from)
{
	const char *value = from + field->place;

	switch (field->type) {
	case FIELD_STR: wire_put_str(to, tag, *(const char *const *)value); break;
	case FIELD_INT64: wire_put_int(to, tag, *(const int64_t *)value); break;
	case FIELD_UINT32: wire_put_int(to, tag, *(const uint32_t *)value); break;
	case FIELD_UINT8: wire_put_int(to, tag, *(const uint8_t *)value); break;
	case FIELD_BOOL: wire_put_int(to, tag, *(const bool *)value); break;
	case FIELD_DOUBLE: wire_put_double(to, tag, *(const double *)value); break;
	case FIELD_STRS:
	case FIELD_HASHES:
	case FIELD_LIST: put_list(to, tag, field, from); break;
	}
}

static void put_record(struct buf *to, const struct record *record, const char *from)
{
	size_t i;

	for (i = 0; i < record->field_count; i++)
		put_field(to, (uint16_t)(i + 1), &record->fields[i], from);
}

static enum status get_record(
	const void *data, size_t len, const struct record *record, char *into, struct arena *arena);

/* Elements arrive one by one; the list doubles in the arena as it grows. */
static void *list_slot(const struct field *field, char *into, size_t size, struct arena *arena)
{
	size_t count;
	char *list, *larger;

	memcpy(&count, into + field->count_place, sizeof(count));
	memcpy(&list, into + field->place, sizeof(list));
	if (count >= field->max)
		return NULL;
	if ((count & (count - 1)) == 0) {
		larger = arena_calloc(arena, count ? count * 2 : 1, size);
		if (count > 0)
			memcpy(larger, list, count * size);
		list = larger;
		memcpy(into + field->place, &list, sizeof(list));
	}
	count++;
	memcpy(into + field->count_place, &count, sizeof(count));
	return list + (count - 1) * size;
}

static enum status get_element(
	const struct wire_field *from, const struct field *field, char *into, struct arena *arena)
{
	char *slot = list_slot(field, into, field->of->size, arena);

	if (!slot)
		return STATUS_OK; /* the rest is cut */
	if (field->of->init)
		field->of->init(slot);
	return get_record(from->data, from->len, field->of, slot, arena);
}

static void get_hashes(
	const struct wire_field *from, const struct field *field, char *into, struct arena *arena)
{
	size_t count = from->len / sizeof(uint64_t);
	uint64_t *hashes;

	if (count > field->max)
		count = field->max;
	hashes = arena_alloc(arena, count * sizeof(*hashes));
	memcpy(hashes, from->data, count * sizeof(*hashes));
	memcpy(into + field->place, &hashes, sizeof(hashes));
	memcpy(into + field->count_place, &count, sizeof(count));
}

static enum status get_field(
	const struct wire_field *from, const struct field *field, char *into, struct arena *arena)
{
	char *value = into + field->place;
	const char **slot;

	switch (field->type) {
	case FIELD_STR: *(const char **)value = wire_str(from, arena); break;
	case FIELD_INT64: *(int64_t *)value = wire_int(from); break;
	case FIELD_UINT32: *(uint32_t *)value = (uint32_t)wire_int(from); break;
	case FIELD_UINT8: *(uint8_t *)value = (uint8_t)wire_int(from); break;
	case FIELD_BOOL: *(bool *)value = wire_int(from) != 0; break;
	case FIELD_DOUBLE: *(double *)value = wire_double(from); break;
	case FIELD_STRS:
		slot = list_slot(field, into, sizeof(*slot), arena);
		if (slot)
			*slot = wire_str(from, arena);
		break;
	case FIELD_HASHES: get_hashes(from, field, into, arena); break;
	case FIELD_LIST: return get_element(from, field, into, arena);
	}
	return STATUS_OK;
}

static enum status get_record(
	const void *data, size_t len, const struct record *record, char *into, struct arena *arena)
{
	struct wire_reader reader;
	struct wire_field from;
	enum status status;

	wire_reader_init(&reader, data, len);
	while (wire_next(&reader, &from)) {
		if (from.tag < 1 || from.tag > record->field_count)
			return STATUS_SYNTAX;
		status = get_field(&from, &record->fields[from.tag - 1], into, arena);
		if (status != STATUS_OK)
			return status;
	}
	return reader.is_bad ? STATUS_SYNTAX : STATUS_OK;
}

void feed_doc_put(struct buf *to, const struct feed_doc *doc)
{
	put_record(to, &feed_record, (const char *)doc);
}

enum status feed_doc_get(const void *data, size_t len, struct feed_doc *doc)
{
	return get_record(data, len, &feed_record, (char *)doc, &doc->arena);
}

void article_put(struct buf *to, const struct article *article)
{
	put_record(to, &article_record, (const char *)article);
}

enum status article_get(const void *data, size_t len, struct article *article)
{
	enum status status =
		get_record(data, len, &article_record, (char *)article, &article->arena);

	if ((unsigned)article->source > ARTICLE_SOURCE_RULE)
		article->source = ARTICLE_SOURCE_NONE;
	return status;
}
