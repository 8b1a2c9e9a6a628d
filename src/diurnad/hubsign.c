#include "diurnad/hubsign.h"

#include "core/mem.h"
#include "core/str.h"
#include "store/push.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

const char *hubsign_token(const char *path)
{
	static const char folder[] = "/websub/";
	const char *slash = strrchr(path, '/'), *token = slash ? slash + 1 : path, *p;
	size_t before = (size_t)(token - path);

	if (before < strlen(folder) ||
		memcmp(token - strlen(folder), folder, strlen(folder)) != 0 ||
		strlen(token) != PUSH_TOKEN_CHARS)
		return NULL;
	for (p = token; *p; p++) {
		if (!(*p >= 'a' && *p <= 'z') && !(*p >= 'A' && *p <= 'Z') && !str_is_digit(*p) &&
			*p != '-' && *p != '_')
			return NULL;
	}
	return token;
}

/* So many bytes in hex, and nothing else. */
static bool read_hex(const char *text, unsigned char *bytes, size_t count)
{
	size_t i;

	if (strlen(text) != 2 * count)
		return false;
	for (i = 0; i < count; i++) {
		int high = str_hex_digit(text[2 * i]), low = str_hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

bool hubsign_is_right(const char *header, const char *secret, const void *body, size_t len)
{
	static const char *const methods[] = {"sha1", "sha256", "sha384", "sha512"};
	unsigned char said[EVP_MAX_MD_SIZE], right[EVP_MAX_MD_SIZE];
	const char *equals = header ? strchr(header, '=') : NULL;
	const EVP_MD *method = NULL;
	unsigned count = 0;
	size_t i;

	for (i = 0; equals && i < ARRAY_LEN(methods); i++) {
		if (strlen(methods[i]) == (size_t)(equals - header) &&
			strncasecmp(methods[i], header, strlen(methods[i])) == 0)
			method = EVP_get_digestbyname(methods[i]);
	}
	return method && HMAC(method, secret, (int)strlen(secret), body, len, right, &count) &&
	       read_hex(equals + 1, said, count) && CRYPTO_memcmp(said, right, count) == 0;
}
