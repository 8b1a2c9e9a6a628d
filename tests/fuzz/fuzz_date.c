/* Dates and URLs: lines of text. */
#include "check.h"

#include "core/date.h"
#include "core/url.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), written[DATE_TEXT_BYTES];
	struct buf url = {0}, again = {0};
	int64_t time_s;

	memcpy(text, data, size);
	text[size] = '\0';
	time_s = date_parse(text, NULL);
	/* what we write we read */
	if (time_s != DATE_NONE && date_parse(date_format(time_s, written), NULL) != time_s)
		abort();
	url_resolve("https://a.example/b/c?d#e", text, &url);
	url_resolve(NULL, buf_text(&url), &again);
	if (strcmp(buf_text(&url), buf_text(&again)) != 0)
		abort();
	buf_finish(&url);
	buf_finish(&again);
	free(text);
	return 0;
}
