/* The format is described at https://www.sqlite.org/fileformat2.html. */
#include "store/leaves.h"

#include "core/buf.h"
#include "core/mem.h"
#include "store/leaves_log.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	HEADER_BYTES = 100, /* of the file, before the first page's own */
	LEAF_HEADER = 8,
	INNER_HEADER = 12,
	PAGE_INDEX_INNER = 2,
	PAGE_INDEX_LEAF = 10,
	PAGE_TABLE_LEAF = 13,
	PAGE_MAX = 65536,
	PROBED_PAGES = 4000, /* from which the size of pages is guessed */
	MAP_ENTRY = 5,       /* bytes; in which page a page hangs */
	MAP_ROOT = 1,
	MAP_FREE = 2,
	MAP_INNER = 5, /* of a tree, below the page that is named */
	DEPTH_MAX = 40,
	MAP_MOST = 5, /* largest type of an entry */
	PAYLOAD_MAX = 256 * 1024 * 1024,
	PENDING_BYTE = 0x40000000, /* its page is never used */
};

struct leaves {
	int fd;
	size_t page_size;
	uint32_t page_count;
	bool has_map, has_log;
	struct leaves_log log;
	uint8_t page[PAGE_MAX], other[PAGE_MAX];
	struct buf payload;
	struct leaf_row row;
};

static uint32_t u16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t u32(const uint8_t *p)
{
	return u16(p) << 16 | u16(p + 2);
}

/* False: it cannot be read. Numbers begin with 1. */
static bool read_page(const struct leaves *l, uint32_t number, uint8_t *page)
{
	off_t at = (off_t)(number - 1) * (off_t)l->page_size;

	if (number < 1 || number > l->page_count)
		return false;
	return (l->has_log && leaves_log_read(&l->log, number, page)) ||
	       pread(l->fd, page, l->page_size, at) == (ssize_t)l->page_size;
}

/* The bytes it takes; 0: it does not end before end. */
static size_t varint(const uint8_t *p, const uint8_t *end, uint64_t *value)
{
	size_t i;

	*value = 0;
	for (i = 0; i < 9 && p + i < end; i++) {
		if (i == 8) {
			*value = *value << 8 | p[i];
			return 9;
		}
		*value = *value << 7 | (p[i] & 0x7F);
		if (p[i] < 0x80)
			return i + 1;
	}
	return 0;
}

/* Where its cells are told, and how many; 0: it is no page with rows. */
static uint32_t cells_of(const uint8_t *page, size_t size, size_t begin, size_t *pointers)
{
	uint8_t type = page[begin];
	uint32_t count = u16(page + begin + 3), i, at;

	if (type != PAGE_TABLE_LEAF && type != PAGE_INDEX_LEAF && type != PAGE_INDEX_INNER)
		return 0;
	*pointers = begin + (type == PAGE_INDEX_INNER ? INNER_HEADER : LEAF_HEADER);
	if (*pointers + 2 * (size_t)count > size)
		return 0;
	for (i = 0; i < count; i++) {
		at = u16(page + *pointers + 2 * (size_t)i);
		if (at < *pointers + 2 * (size_t)count || at >= size)
			return 0;
	}
	return count;
}

/* the size of pages, and which are free */

static bool is_size(size_t size)
{
	return size >= 512 && size <= PAGE_MAX && (size & (size - 1)) == 0;
}

/* Pages that look as if they held rows, were that their size. */
static size_t count_likely(struct leaves *l, off_t bytes, size_t size)
{
	size_t found = 0, pointers;
	uint32_t number;

	l->page_size = size;
	l->page_count = (uint32_t)((uint64_t)bytes / size);
	for (number = 2; number <= l->page_count && number < PROBED_PAGES; number++) {
		if (read_page(l, number, l->page))
			found += cells_of(l->page, size, 0, &pointers) > 0;
	}
	return found;
}

/* As the log or the file says, or what most pages look like. */
static enum status find_size(struct leaves *l)
{
	size_t size, found, most = 0, best = 0;
	struct stat file;
	uint8_t said[2];

	if (fstat(l->fd, &file) < 0)
		return STATUS_IO;
	if (l->has_log) {
		uint64_t pages;

		l->page_size = l->log.page_size;
		pages = (uint64_t)file.st_size / l->page_size + l->log.count;
		l->page_count = l->log.page_count < pages ? l->log.page_count : (uint32_t)pages;
		return STATUS_OK;
	}
	if (pread(l->fd, said, sizeof(said), 16) == sizeof(said) && is_size(u16(said)) &&
		count_likely(l, file.st_size, u16(said)) > 0)
		return STATUS_OK;
	for (size = 512; size <= PAGE_MAX; size *= 2) {
		found = count_likely(l, file.st_size, size);
		if (found > most) {
			most = found;
			best = size;
		}
	}
	if (!best)
		return STATUS_CORRUPT;
	l->page_size = best;
	l->page_count = (uint32_t)((uint64_t)file.st_size / best);
	return STATUS_OK;
}

/* The second page of a store tells of those behind it, since stores can become smaller. */
static bool has_map(struct leaves *l)
{
	size_t at;

	if (!read_page(l, 2, l->page))
		return false;
	for (at = 0; at + MAP_ENTRY <= l->page_size; at += MAP_ENTRY) {
		if (l->page[at] > MAP_MOST)
			return false;
	}
	return l->page[0] > 0;
}

/* What the map says of a page: its type, and the page that it hangs in. 0: nothing. */
static int map_entry(struct leaves *l, uint32_t number, uint32_t *parent)
{
	uint32_t each = (uint32_t)l->page_size / MAP_ENTRY + 1, map;
	const uint8_t *entry;
	size_t at;

	if (!l->has_map || number < 2)
		return 0;
	map = (number - 2) / each;
	at = (size_t)(number - 2) % each;
	if (at == 0)
		return MAP_FREE; /* the map itself */
	map = map * each + 2;
	if (map == PENDING_BYTE / l->page_size + 1)
		map++;
	if (!read_page(l, map, l->other))
		return 0;
	entry = l->other + (at - 1) * MAP_ENTRY;
	*parent = u32(entry + 1);
	return entry[0];
}

static bool is_free(struct leaves *l, uint32_t number)
{
	uint32_t parent;

	return map_entry(l, number, &parent) == MAP_FREE;
}

/* The first page of the tree that a page belongs to; 0: nobody can tell. */
static uint32_t root_of(struct leaves *l, uint32_t number)
{
	int i, type;

	for (i = 0; i < DEPTH_MAX; i++) {
		uint32_t parent = 0;

		type = map_entry(l, number, &parent);
		if (type == MAP_ROOT)
			return number;
		if (type != MAP_INNER)
			return 0;
		number = parent;
	}
	return 0;
}

/* a row */

/* How much of len bytes stands in the page itself. */
static size_t local_bytes(const struct leaves *l, size_t len, bool is_keyed)
{
	size_t usable = l->page_size, least = (usable - 12) * 32 / 255 - 23, rest;
	size_t most = is_keyed ? (usable - 12) * 64 / 255 - 23 : usable - 35;

	if (len <= most)
		return len;
	rest = least + (len - least) % (usable - 4);
	return rest <= most ? rest : least;
}

/* The rest of a payload, from page to page. */
static bool add_overflow(struct leaves *l, uint32_t number, size_t left)
{
	size_t piece;

	for (; left > 0; left -= piece) {
		if (!read_page(l, number, l->other))
			return false;
		piece = left < l->page_size - 4 ? left : l->page_size - 4;
		buf_put(&l->payload, l->other + 4, piece);
		number = u32(l->other);
	}
	return true;
}

static int64_t big_endian(const uint8_t *p, size_t len)
{
	uint64_t value = p[0] & 0x80 ? UINT64_MAX : 0;
	size_t i;

	for (i = 0; i < len; i++)
		value = value << 8 | p[i];
	return (int64_t)value;
}

/* A value of that serial type; the bytes it takes, SIZE_MAX: it is none. */
static size_t take_value(uint64_t type, const uint8_t *p, size_t left, struct leaf_value *value)
{
	static const uint8_t sizes[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
	size_t size;

	if (type == 10 || type == 11)
		return SIZE_MAX;
	size = type < 12 ? sizes[type] : (size_t)(type - 12) / 2;
	if (size > left)
		return SIZE_MAX;
	*value = (struct leaf_value){.type = SQLITE_INTEGER, .data = p, .len = size};
	if (type == 0) {
		value->type = SQLITE_NULL;
	} else if (type == 7) {
		uint64_t bits = (uint64_t)big_endian(p, 8);

		value->type = SQLITE_FLOAT;
		memcpy(&value->real, &bits, sizeof(value->real));
	} else if (type >= 12) {
		value->type = type % 2 ? SQLITE_TEXT : SQLITE_BLOB;
	} else {
		value->number = type >= 8 ? (int64_t)type - 8 : big_endian(p, size);
	}
	return size;
}

/* The record in l->payload. */
static bool take_record(struct leaves *l)
{
	const uint8_t *begin = (const uint8_t *)l->payload.data, *end = begin + l->payload.len;
	uint64_t header, type;
	size_t n = varint(begin, end, &header), used;
	const uint8_t *types = begin + n, *values;

	l->row.count = 0;
	if (n == 0 || header < n || header > l->payload.len)
		return false;
	values = begin + header;
	for (end = values; types < end; types += n) {
		n = varint(types, end, &type);
		if (n == 0 || l->row.count == LEAF_COLUMNS)
			return false;
		used = take_value(type, values, (size_t)(begin + l->payload.len - values),
			&l->row.values[l->row.count++]);
		if (used == SIZE_MAX)
			return false;
		values += used;
	}
	return values == begin + l->payload.len;
}

/* The cell at that place of l->page. */
static bool take_cell(struct leaves *l, size_t at, uint8_t type)
{
	const uint8_t *p = l->page + at, *end = l->page + l->page_size;
	uint64_t len, rowid = 0;
	size_t n, local;

	p += type == PAGE_INDEX_INNER ? 4 : 0;
	n = p < end ? varint(p, end, &len) : 0;
	p += n;
	if (n == 0 || len == 0 || len > PAYLOAD_MAX)
		return false;
	l->row.is_keyed = type != PAGE_TABLE_LEAF;
	if (!l->row.is_keyed) {
		n = varint(p, end, &rowid);
		p += n;
		if (n == 0)
			return false;
	}
	l->row.rowid = (int64_t)rowid;
	local = local_bytes(l, (size_t)len, l->row.is_keyed);
	if (local + (local < len ? 4 : 0) > (size_t)(end - p))
		return false;
	buf_clear(&l->payload);
	buf_put(&l->payload, p, local);
	return (local == len || add_overflow(l, u32(p + local), (size_t)len - local)) &&
	       take_record(l);
}

enum status leaves_read(
	const char *path, void (*on_row)(void *context, const struct leaf_row *row), void *context)
{
	struct leaves *l = xcalloc(1, sizeof(*l));
	enum status status = STATUS_IO;
	char *log = xasprintf("%s-wal", path);
	size_t begin, pointers;
	uint32_t number, count, i;

	l->fd = open(path, O_RDONLY | O_CLOEXEC);
	l->has_log = leaves_log_open(&l->log, log);
	free(log);
	if (l->fd >= 0)
		status = find_size(l);
	l->has_map = status == STATUS_OK && has_map(l);
	for (number = 1; status == STATUS_OK && number <= l->page_count; number++) {
		if (is_free(l, number) || !read_page(l, number, l->page))
			continue;
		l->row.share = (double)number / l->page_count;
		l->row.root = root_of(l, number);
		begin = number == 1 ? HEADER_BYTES : 0;
		count = cells_of(l->page, l->page_size, begin, &pointers);
		for (i = 0; i < count; i++) {
			if (take_cell(l, u16(l->page + pointers + 2 * (size_t)i), l->page[begin]))
				on_row(context, &l->row);
		}
	}
	if (l->fd >= 0)
		close(l->fd);
	leaves_log_close(&l->log);
	buf_finish(&l->payload);
	free(l);
	return status;
}
