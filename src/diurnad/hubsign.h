/* What a hub sends to the callback, as far as it is bytes to be checked: addresses and signatures.
 */
#ifndef DIURNA_DIURNAD_HUBSIGN_H
#define DIURNA_DIURNAD_HUBSIGN_H

#include <stdbool.h>
#include <stddef.h>

/* The token of a callback's path, ".../websub/TOKEN": borrowed. NULL: it is another path. */
const char *hubsign_token(const char *path);
/*
 * X-Hub-Signature, "sha256=HEX" (sha1, sha384, sha512 too), is that of this body. header NULL: it
 * was not there. Takes the same time however much of it is right. Source: WebSub, 7.1.
 */
bool hubsign_is_right(const char *header, const char *secret, const void *body, size_t len);

#endif
