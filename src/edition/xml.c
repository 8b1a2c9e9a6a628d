#include "edition/xml.h"

#include "core/str.h"

#include <openssl/evp.h>
#include <string.h>

enum { HASH_BYTES = 12 };

void xml_drop_forbidden(struct buf *text, size_t from)
{
	size_t i, kept = from;

	if (!text->data)
		return;
	for (i = from; i < text->len; i++) {
		unsigned char c = (unsigned char)text->data[i];

		if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
			continue;
		/* U+FFFE and U+FFFF */
		if (c == 0xEF && i + 2 < text->len && (unsigned char)text->data[i + 1] == 0xBF &&
			(unsigned char)text->data[i + 2] >= 0xBE) {
			i += 2;
			continue;
		}
		text->data[kept++] = text->data[i];
	}
	buf_truncate(text, kept);
}

void put_xml(const char *text, struct buf *to)
{
	size_t from = to->len;

	if (!text)
		return;
	buf_put_escaped(to, text);
	xml_drop_forbidden(to, from);
}

void put_xml_element(const char *name, const char *text, struct buf *to)
{
	if (str_is_empty(text))
		return;
	buf_printf(to, "<%s>", name);
	put_xml(text, to);
	buf_printf(to, "</%s>\n", name);
}

static void hash_seed(const char *seed, unsigned char hash[EVP_MAX_MD_SIZE])
{
	unsigned len = 0;

	memset(hash, 0, EVP_MAX_MD_SIZE);
	EVP_Digest(seed, strlen(seed), hash, &len, EVP_sha256(), NULL);
}

void put_hash(const char *seed, struct buf *to)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	int i;

	hash_seed(seed, hash);
	for (i = 0; i < HASH_BYTES; i++)
		buf_printf(to, "%02x", hash[i]);
}

void put_urn(const char *seed, struct buf *to)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	int i;

	hash_seed(seed, hash);
	hash[6] = (unsigned char)((hash[6] & 0x0F) | 0x80);
	hash[8] = (unsigned char)((hash[8] & 0x3F) | 0x80);
	buf_puts(to, "urn:uuid:");
	for (i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			buf_putc(to, '-');
		buf_printf(to, "%02x", hash[i]);
	}
}
