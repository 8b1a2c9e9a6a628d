/* Which process the kernel ends where memory runs out. Source: proc(5), oom_score_adj. */
#ifndef DIURNA_DIURNAD_OOM_H
#define DIURNA_DIURNAD_OOM_H

/* Once, before the walls: they keep us from that file. */
void oom_prepare(void);
/*
 * What is started between the two is ended first: it inherits what the daemon says of itself. Who
 * is the largest otherwise is the daemon, with what it knows of a hundred thousand feeds.
 */
void oom_offer(void);
void oom_offer_end(void);

#endif
