#include "parse/image.h"

#include "core/limits.h"

#include <string.h>

enum { BOX_BYTES = 4096 }; /* at the beginning of an AVIF that are looked through for its size */

static unsigned be(const char *p, size_t bytes)
{
	unsigned value = 0;

	while (bytes-- > 0)
		value = value << 8 | (unsigned char)*p++;
	return value;
}

static unsigned le(const char *p, size_t bytes)
{
	unsigned value = 0;

	while (bytes-- > 0)
		value = value << 8 | (unsigned char)p[bytes];
	return value;
}

/* A few bytes may unpack to more than a reader has memory for: such a picture is of no kind. */
static void set_size(struct image_facts *image, unsigned width, unsigned height)
{
	if ((uint64_t)width * height > LIMIT_IMAGE_PIXELS)
		image->type = NULL;
	else if (width > 0 && width <= UINT16_MAX && height > 0 && height <= UINT16_MAX) {
		image->width = (int)width;
		image->height = (int)height;
	}
}

static void read_png(const char *p, size_t len, struct image_facts *image)
{
	if (len >= 24 && memcmp(p + 12, "IHDR", 4) == 0)
		set_size(image, be(p + 16, 4), be(p + 20, 4));
}

static void read_gif(const char *p, size_t len, struct image_facts *image)
{
	if (len >= 10)
		set_size(image, le(p + 6, 2), le(p + 8, 2));
}

/* Segments up to the frame header: SOF0 to SOF15 without DHT, JPG and DAC. */
static void read_jpeg(const char *p, size_t len, struct image_facts *image)
{
	size_t i = 2;

	while (i + 9 <= len && (unsigned char)p[i] == 0xFF) {
		unsigned marker = (unsigned char)p[i + 1];

		if (marker == 0xFF) { /* filling */
			i++;
			continue;
		}
		if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 &&
			marker != 0xCC) {
			set_size(image, be(p + i + 7, 2), be(p + i + 5, 2));
			return;
		}
		i += 2 + be(p + i + 2, 2);
	}
}

static void read_webp(const char *p, size_t len, struct image_facts *image)
{
	unsigned bits;

	if (len < 30)
		return;
	if (memcmp(p + 12, "VP8X", 4) == 0) {
		set_size(image, le(p + 24, 3) + 1, le(p + 27, 3) + 1);
	} else if (memcmp(p + 12, "VP8L", 4) == 0) {
		bits = le(p + 21, 4);
		set_size(image, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
	} else if (memcmp(p + 12, "VP8 ", 4) == 0) {
		set_size(image, le(p + 26, 2) & 0x3FFF, le(p + 28, 2) & 0x3FFF);
	}
}

/* The first "ispe" property is that of the picture in all that is found on pages. */
static void read_avif(const char *p, size_t len, struct image_facts *image)
{
	const char *box = memmem(p, len < BOX_BYTES ? len : BOX_BYTES, "ispe", 4);

	if (box && (size_t)(box - p) + 16 <= len)
		set_size(image, be(box + 8, 4), be(box + 12, 4));
}

/* In the order of image_types. */
static const struct {
	size_t at;
	const char *mark;
	size_t len;
	const char *start; /* of the file; NULL: the mark says enough */
	void (*read)(const char *p, size_t len, struct image_facts *image);
} signs[] = {
	{0, "\xFF\xD8\xFF", 3, NULL, read_jpeg},
	{0, "\x89PNG\r\n\x1A\n", 8, NULL, read_png},
	{0, "GIF8", 4, NULL, read_gif},
	{8, "WEBP", 4, "RIFF", read_webp},
	{4, "ftypavi", 7, NULL, read_avif},
};

enum status image_read(const char *body, size_t len, struct image_facts *image)
{
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (len < signs[i].at + signs[i].len ||
			memcmp(body + signs[i].at, signs[i].mark, signs[i].len) != 0 ||
			(signs[i].start &&
				memcmp(body, signs[i].start, strlen(signs[i].start)) != 0))
			continue;
		image->type = image_types[i].type;
		image->extension = image_types[i].extension;
		signs[i].read(body, len, image);
		return image->type ? STATUS_OK : STATUS_LIMIT;
	}
	return STATUS_UNSUPPORTED;
}
