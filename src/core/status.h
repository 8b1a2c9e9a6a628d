/* Outcomes of what the world can refuse. Zero is success. */
#ifndef DIURNA_CORE_STATUS_H
#define DIURNA_CORE_STATUS_H

enum status {
	STATUS_OK = 0,
	STATUS_SYNTAX,      /* the bytes are not what they should be */
	STATUS_LIMIT,       /* a limit of core/limits.h was reached */
	STATUS_NOT_FOUND,   /* there is no such thing */
	STATUS_EXISTS,      /* it is there already */
	STATUS_BUSY,        /* somebody else holds it */
	STATUS_TIMEOUT,     /* a deadline passed */
	STATUS_REFUSED,     /* a rule of ours forbids it */
	STATUS_IO,          /* the system refused; errno says why where that helps */
	STATUS_CONFIG,      /* the configuration is wrong */
	STATUS_CORRUPT,     /* the store is damaged */
	STATUS_NEWER,       /* made by a newer version */
	STATUS_OLDER,       /* made by an older version, and to be brought forward first */
	STATUS_CRASHED,     /* a child process ended unexpectedly */
	STATUS_UNSUPPORTED, /* known, and not for us: a PDF where a page should be */
};

/* A phrase for people: "took too long". Never NULL. */
const char *status_text(enum status status);

#endif
