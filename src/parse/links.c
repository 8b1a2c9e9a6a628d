#include "parse/links.h"

enum status links_of_page(const struct job *job, struct answer *answer)
{
	(void)job, (void)answer;
	return STATUS_NOT_FOUND;
}

enum status links_of_opml(const struct job *job, struct answer *answer)
{
	(void)job, (void)answer;
	return STATUS_SYNTAX;
}
