#include "edition/container.h"

#include "core/mem.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Source: APPNOTE.TXT 6.3.10, 4.3. */
enum {
	LOCAL_BYTES = 30,
	CENTRAL_BYTES = 46,
	END_BYTES = 22,
	FLAG_SIZES_LATER = 1 << 3,
};

struct container {
	struct archive *archive;
	struct buf zip; /* as libarchive writes it */
};

static la_ssize_t on_bytes(struct archive *archive, void *context, const void *data, size_t len)
{
	struct container *container = context;

	(void)archive;
	buf_put(&container->zip, data, len);
	return (la_ssize_t)len;
}

/* No time and no owner: the same edition gives the same bytes anywhere. */
static enum status add(struct container *c, const char *path, const void *data, size_t len)
{
	struct archive_entry *entry = archive_entry_new();
	enum status status = STATUS_OK;

	if (!entry)
		return STATUS_IO;
	archive_entry_set_pathname(entry, path);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)len);
	if (archive_write_header(c->archive, entry) != ARCHIVE_OK ||
		archive_write_data(c->archive, data, len) != (la_ssize_t)len)
		status = STATUS_IO;
	archive_entry_free(entry);
	return status;
}

static void container_free(struct container *c)
{
	archive_write_free(c->archive);
	buf_finish(&c->zip);
	free(c);
}

struct container *container_new(const char *media_type)
{
	struct container *c = xcalloc(1, sizeof(*c));

	c->archive = archive_write_new();
	if (!c->archive || archive_write_set_format_zip(c->archive) != ARCHIVE_OK ||
		archive_write_zip_set_compression_store(c->archive) != ARCHIVE_OK ||
		archive_write_set_bytes_per_block(c->archive, 0) != ARCHIVE_OK ||
		archive_write_open(c->archive, c, NULL, on_bytes, NULL) != ARCHIVE_OK ||
		add(c, "mimetype", media_type, strlen(media_type)) != STATUS_OK ||
		archive_write_zip_set_compression_deflate(c->archive) != ARCHIVE_OK) {
		container_free(c);
		return NULL;
	}
	return c;
}

enum status container_add(struct container *c, const char *path, const struct buf *text)
{
	return add(c, path, buf_text(text), text->len);
}

static uint32_t get(const char *at, int bytes)
{
	uint32_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | (unsigned char)at[bytes];
	return value;
}

static void put(struct buf *to, uint32_t value, int bytes)
{
	for (; bytes > 0; bytes--, value >>= 8)
		buf_putc(to, (char)(value & 0xFF));
}

/* A header's fields that local and central have in common: flags to sizes, without extra field. */
static void put_common(const char *central, struct buf *to)
{
	put(to, get(central + 8, 2) & ~(uint32_t)FLAG_SIZES_LATER, 2);
	put(to, get(central + 10, 2), 2); /* method */
	put(to, get(central + 12, 4), 4); /* time and date: none */
	put(to, get(central + 16, 4), 4); /* CRC */
	put(to, get(central + 20, 4), 4); /* packed */
	put(to, get(central + 24, 4), 4); /* unpacked */
	put(to, get(central + 28, 2), 2); /* length of the name */
	put(to, 0, 2);
}

/*
 * libarchive gives every entry owner fields and its sizes after the data; an EPUB's mimetype must
 * have neither (OCF 3.3, 4.2: no extra field), so both go.
 */
static enum status plain(const struct buf *zip, struct buf *to)
{
	const char *end = zip->data + zip->len - END_BYTES, *p;
	struct buf directory = {0};
	uint32_t i, count, start;

	if (zip->len < END_BYTES || get(end, 4) != 0x06054B50)
		return STATUS_IO;
	count = get(end + 10, 2);
	p = zip->data + get(end + 16, 4);
	for (i = 0; i < count; i++) {
		uint32_t name = get(p + 28, 2);
		const char *local = zip->data + get(p + 42, 4);

		start = (uint32_t)to->len;
		put(to, 0x04034B50, 4);
		put(to, get(p + 6, 2), 2);
		put_common(p, to);
		buf_put(to, p + CENTRAL_BYTES, name);
		buf_put(to, local + LOCAL_BYTES + get(local + 26, 2) + get(local + 28, 2),
			get(p + 20, 4));
		put(&directory, 0x02014B50, 4);
		put(&directory, get(p + 4, 4), 4);
		put_common(p, &directory);
		put(&directory, 0, 2); /* comment */
		put(&directory, 0, 2); /* disk */
		put(&directory, get(p + 36, 2), 2);
		put(&directory, get(p + 38, 4), 4);
		put(&directory, start, 4);
		buf_put(&directory, p + CENTRAL_BYTES, name);
		p += CENTRAL_BYTES + name + get(p + 30, 2) + get(p + 32, 2);
	}
	start = (uint32_t)to->len;
	buf_put(to, directory.data, directory.len);
	put(to, 0x06054B50, 4);
	put(to, 0, 4);
	put(to, count, 2);
	put(to, count, 2);
	put(to, (uint32_t)directory.len, 4);
	put(to, start, 4);
	put(to, 0, 2);
	buf_finish(&directory);
	return STATUS_OK;
}

enum status container_finish(struct container *c, struct buf *to)
{
	enum status status =
		archive_write_close(c->archive) == ARCHIVE_OK ? plain(&c->zip, to) : STATUS_IO;

	container_free(c);
	return status;
}
