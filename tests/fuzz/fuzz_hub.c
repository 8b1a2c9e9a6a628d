/* What comes to a hub's callback: a line of its path, a line of its signature, then the body. */
#include "check.h"

#include "core/mem.h"
#include "diurnad/hubsign.h"
#include "store/push.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size), *signature, *body;
	const char *token;

	signature = strchr(text, '\n');
	if (signature)
		*signature++ = '\0';
	body = signature ? strchr(signature, '\n') : NULL;
	if (body)
		*body++ = '\0';
	token = hubsign_token(text);
	if (token && (strlen(token) != PUSH_TOKEN_CHARS || strpbrk(token, "/%.' ")))
		abort();
	/* Nobody guesses what another secret signs. */
	if (body && hubsign_is_right(signature, "Jefe", body, strlen(body)) &&
		hubsign_is_right(signature, "jefe", body, strlen(body)))
		abort();
	free(text);
	return 0;
}
