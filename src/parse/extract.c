#include "parse/extract.h"

enum status extract_article(const struct job *job, struct article *article)
{
	(void)job;
	article->reason = "no text was found";
	return STATUS_NOT_FOUND;
}
