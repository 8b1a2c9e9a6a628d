#include "core/wire.h"

#include "core/utf8.h"

#include <string.h>

enum { HEAD = sizeof(uint16_t) + sizeof(uint32_t) };

static void put_head(struct buf *to, uint16_t tag, size_t len)
{
	uint32_t len32 = (uint32_t)len;

	buf_put(to, &tag, sizeof(tag));
	buf_put(to, &len32, sizeof(len32));
}

void wire_put(struct buf *to, uint16_t tag, const void *data, size_t len)
{
	put_head(to, tag, len);
	buf_put(to, data, len);
}

void wire_put_str(struct buf *to, uint16_t tag, const char *s)
{
	if (s)
		wire_put(to, tag, s, strlen(s));
}

void wire_put_int(struct buf *to, uint16_t tag, int64_t value)
{
	wire_put(to, tag, &value, sizeof(value));
}

void wire_put_double(struct buf *to, uint16_t tag, double value)
{
	wire_put(to, tag, &value, sizeof(value));
}

size_t wire_open(struct buf *to, uint16_t tag)
{
	put_head(to, tag, 0);
	return to->len;
}

void wire_close(struct buf *to, size_t mark)
{
	uint32_t len32 = (uint32_t)(to->len - mark);

	memcpy(to->data + mark - sizeof(len32), &len32, sizeof(len32));
}

void wire_reader_init(struct wire_reader *reader, const void *data, size_t len)
{
	reader->at = data;
	reader->end = reader->at + len;
	reader->is_bad = false;
}

bool wire_next(struct wire_reader *reader, struct wire_field *field)
{
	size_t left = (size_t)(reader->end - reader->at);
	uint32_t len32;

	if (left == 0 || reader->is_bad)
		return false;
	if (left < HEAD)
		goto bad;
	memcpy(&field->tag, reader->at, sizeof(field->tag));
	memcpy(&len32, reader->at + sizeof(field->tag), sizeof(len32));
	if (len32 > left - HEAD)
		goto bad;
	field->data = reader->at + HEAD;
	field->len = len32;
	reader->at = field->data + len32;
	return true;
bad:
	reader->is_bad = true;
	return false;
}

int64_t wire_int(const struct wire_field *field)
{
	int64_t value = 0;

	if (field->len == sizeof(value))
		memcpy(&value, field->data, sizeof(value));
	return value;
}

double wire_double(const struct wire_field *field)
{
	double value = 0;

	if (field->len == sizeof(value))
		memcpy(&value, field->data, sizeof(value));
	return value == value ? value : 0; /* no NaN goes further */
}

/* What is no character becomes a question mark. */
static size_t make_valid(char *s, size_t len)
{
	char *p = s;
	size_t i, size;

	for (i = 0; i < len; i += size) {
		size = 1;
		if (s[i] && (utf8_decode(s + i, len - i, &size) != UTF8_BAD || size > 1)) {
			memmove(p, s + i, size);
			p += size;
		} else {
			*p++ = '?';
		}
	}
	*p = '\0';
	return (size_t)(p - s);
}

char *wire_str(const struct wire_field *field, struct arena *arena)
{
	char *s = arena_strndup(arena, field->data, field->len);
	size_t len = field->len;

	if (!utf8_is_valid(s, len) || memchr(s, 0, len))
		len = make_valid(s, len);
	utf8_drop_controls(s, len);
	return s;
}
