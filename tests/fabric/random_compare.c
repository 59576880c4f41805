/* SPDX-License-Identifier: Apache-2.0 */
/* random_compare.c - all that hosts and FM can see, held against the reference.
 */
#include "random_duel.h"

#include "fabric.h"

#include <string.h>

static bool differ(const struct duel *d)
{
    return d->difference.aspect != SAME;
}

/* --- Extents ------------------------------------------------------------- */

static void compare_extent(struct duel *d, enum aspect aspect,
                           const struct ref_range *range,
                           const struct dcd_extent_wire *wire)
{
    static const uint8_t zeros[6] = {0};
    struct dcd_uuid tag = ref_uuid(range->tag);

    duel_agree(d, aspect, "DPA of an extent", range->dpa, dcd_get64(wire->dpa));
    duel_agree(d, aspect, "length of an extent", range->length,
               dcd_get64(wire->length));
    if (!dcd_uuid_equal(&tag, &wire->tag))
        duel_agree(d, aspect, "tag of an extent (first byte)", tag.b[0],
                   (uint64_t)wire->tag.b[0] | UINT64_C(0x100));
    duel_agree(d, aspect, "sequence of an extent", range->sequence,
               dcd_get16(wire->sequence));
    duel_agree(d, aspect, "reserved bytes of an extent", 0,
               (uint64_t)(memcmp(zeros, wire->reserved, 6) != 0));
}

static void compare_extents(struct duel *d, const struct seen_list *now,
                            uint32_t returned, uint32_t total,
                            const struct dcd_extent_wire *e)
{
    duel_agree(d, LIST, "extents in a list", now->count, total);
    duel_agree(d, LIST, "extents returned", now->count, returned);
    for (unsigned i = 0; i < now->count && !differ(d); i++)
        compare_extent(d, LIST, &now->list[i], &e[i]);
}

static bool same_list(const struct seen_list *a, const struct seen_list *b)
{
    return a->count == b->count &&
           memcmp(a->list, b->list, a->count * sizeof(a->list[0])) == 0;
}

/* 4801h of the host, which is what 5603h says. */
static void compare_host_list(struct duel *d, unsigned head,
                              const struct seen_list *now)
{
    struct dcd_get_extent_list_req req = {dcd_put32(UINT32_MAX), dcd_put32(0)};
    const struct dcd_get_extent_list_rsp *rsp = (const void *)d->h.out;

    duel_agree(
        d, CODE, "return code of 4801h", DCD_RC_SUCCESS,
        mailbox(&d->h, head, DCD_OP_GET_DC_EXTENT_LIST, &req, sizeof(req)));
    compare_extents(d, now, dcd_get32(rsp->returned), dcd_get32(rsp->total),
                    (const void *)(d->h.out + sizeof(*rsp)));
    duel_agree(d, GENERATION, "generation of 4801h and 5603h", now->generation,
               dcd_get32(rsp->generation));
}

/* 5603h; the generation moves if and only if the list does. */
static void compare_list(struct duel *d, unsigned head, bool by_host,
                         bool first)
{
    struct dcd_get_region_extent_lists_req req = {
        dcd_put16((uint16_t)head), {0}, dcd_put32(UINT32_MAX), dcd_put32(0)};
    const struct dcd_get_region_extent_lists_rsp *rsp = (const void *)d->h.out;
    struct seen_list *before = &d->seen[head];
    struct seen_list now;

    d->about = (int)head;
    duel_agree(d, CODE, "return code of 5603h", DCD_RC_SUCCESS,
               fm(&d->h, DCD_OP_GET_DC_REGION_EXTENT_LISTS, &req, sizeof(req)));
    memset(now.list, 0, sizeof(now.list));
    now.count = ref_list(&d->r, head, now.list);
    now.generation = dcd_get32(rsp->generation);
    compare_extents(d, &now, dcd_get32(rsp->returned), dcd_get32(rsp->total),
                    (const void *)(d->h.out + sizeof(*rsp)));
    if (!first)
        duel_agree(d, GENERATION, "whether the generation of a list moved",
                   !same_list(before, &now),
                   now.generation != before->generation);
    *before = now;
    if (by_host)
        compare_host_list(d, head, &now);
}

/* --- Limits and regions -------------------------------------------------- */

static void compare_region(struct duel *d, unsigned head, unsigned i,
                           const struct dcd_host_dc_region_config *c)
{
    const struct ref_region *region = &d->r.region[i];

    duel_agree(d, LIMITS, "base of a region", region->base, dcd_get64(c->base));
    duel_agree(d, LIMITS, "length of a region", d->r.config.region[i].length,
               dcd_get64(c->length));
    duel_agree(d, LIMITS, "block size of a region", region->block,
               dcd_get64(c->block_size));
    duel_agree(d, LIMITS, "attributes of a region",
               ref_attributes(&d->r, head, i), c->attributes);
    duel_agree(d, LIMITS, "sanitize on release", region->sanitize, c->flags);
}

/* 5601h. */
static void compare_config(struct duel *d, unsigned head)
{
    struct dcd_get_host_dc_config_req req = {dcd_put16((uint16_t)head),
                                             DCD_MAX_REGIONS, 0};
    const struct dcd_host_dc_region_config *c =
        (const void *)(d->h.out + sizeof(struct dcd_get_host_dc_config_rsp));
    struct dcd_dc_config_trailer trailer;

    d->about = (int)head;
    duel_agree(d, CODE, "return code of 5601h", DCD_RC_SUCCESS,
               fm(&d->h, DCD_OP_GET_HOST_DC_CONFIG, &req, sizeof(req)));
    for (unsigned i = 0; i < d->r.config.regions; i++)
        compare_region(d, head, i, &c[i]);
    memcpy(&trailer, &c[d->r.config.regions], sizeof(trailer));
    duel_agree(d, LIMITS, "available extents",
               ref_available_extents(&d->r, head),
               dcd_get32(trailer.available_extents));
    duel_agree(d, LIMITS, "available tags", ref_available_tags(&d->r),
               dcd_get32(trailer.available_tags));
}

/* --- Tags ---------------------------------------------------------------- */

static uint32_t bitmap(const uint8_t bytes[32])
{
    uint32_t high = 0;

    for (unsigned i = 2; i < 32; i++)
        high |= bytes[i];
    return (uint32_t)(bytes[0] | bytes[1] << 8) | high << 16;
}

/* One entry; [listed] notes that its tag has been seen. */
static void compare_tag(struct duel *d, const struct dcd_tag_info *info,
                        const struct seen_tags *now, bool *listed)
{
    unsigned tag = info->tag.b[0];
    struct dcd_uuid uuid = ref_uuid(tag);

    if (tag == 0 || tag > REF_NAMES || !dcd_uuid_equal(&uuid, &info->tag) ||
        !now->alive[tag] || listed[tag]) {
        duel_agree(d, TAGS, "an entry of 5608h without a living tag of its own",
                   0, UINT64_C(0x100) | tag);
        return;
    }
    listed[tag] = true;
    duel_agree(d, TAGS, "reference of the FM", now->entry[tag].referenced,
               info->flags);
    duel_agree(d, TAGS, "heads that have a tag", now->entry[tag].references,
               bitmap(info->references));
    duel_agree(d, TAGS, "heads that were offered a tag",
               now->entry[tag].pending, bitmap(info->pending));
}

/* One page of 5608h from [start] on; entries on it. */
static uint32_t compare_page(struct duel *d, uint32_t start, uint32_t most,
                             const struct seen_tags *now, uint32_t living,
                             bool *listed)
{
    struct dcd_list_tags_req req = {dcd_put32(start), dcd_put32(most)};
    const struct dcd_list_tags_rsp *rsp = (const void *)d->h.out;
    const struct dcd_tag_info *info =
        (const void *)(d->h.out + sizeof(struct dcd_list_tags_rsp));
    uint32_t returned;
    uint32_t left = living > start ? living - start : 0;

    duel_agree(d, CODE, "return code of 5608h", DCD_RC_SUCCESS,
               fm(&d->h, DCD_OP_LIST_TAGS, &req, sizeof(req)));
    returned = dcd_get32(rsp->returned);
    duel_agree(d, TAGS, "living tags", living, dcd_get32(rsp->total));
    duel_agree(d, TAGS, "tags returned", left < most ? left : most, returned);
    duel_agree(d, TAGS, "validity", 3, rsp->validity);
    for (uint32_t i = 0; i < returned && !differ(d); i++)
        compare_tag(d, &info[i], now, listed);
    return returned;
}

static bool same_tags(const struct seen_tags *a, const struct seen_tags *b)
{
    for (unsigned tag = 1; tag <= REF_NAMES; tag++) {
        const struct ref_tag *x = &a->entry[tag];
        const struct ref_tag *y = &b->entry[tag];

        if (a->alive[tag] != b->alive[tag] ||
            (a->alive[tag] &&
             (x->referenced != y->referenced ||
              x->references != y->references || x->pending != y->pending)))
            return false;
    }
    return true;
}

/* 5608h, in pages; the generation moves if and only if the tags do. */
static void compare_tags(struct duel *d, bool thorough, bool first)
{
    const struct dcd_list_tags_rsp *rsp = (const void *)d->h.out;
    bool listed[REF_NAMES + 1] = {false};
    uint32_t some = 1 + (uint32_t)random_draw(&d->random, REF_NAMES);
    uint32_t living = 0;
    uint32_t at = 0;
    struct seen_tags now;

    d->about = -1;
    for (unsigned tag = 0; tag <= REF_NAMES; tag++) {
        now.alive[tag] = tag && ref_tag(&d->r, tag, &now.entry[tag]);
        living += now.alive[tag];
    }
    do
        at += compare_page(d, at, thorough ? 1 : some, &now, living, listed);
    while (at < living && !differ(d));
    now.generation = dcd_get32(rsp->generation);
    if (!first)
        duel_agree(d, GENERATION, "whether the generation of the tags moved",
                   !same_tags(&d->tags, &now),
                   now.generation != d->tags.generation);
    d->tags = now;
}

/* --- Logs ---------------------------------------------------------------- */

static void compare_record(struct duel *d, const struct ref_record *record,
                           const struct dcd_dc_event *e, unsigned about)
{
    bool since_3_2 = d->r.config.revision >= 32;

    duel_agree(d, LOG, "type of a record", record->type, e->type);
    duel_agree(d, LOG, "severity and what is valid of a record",
               since_3_2 ? DCD_EVENT_LD_ID_VALID | DCD_EVENT_HEAD_ID_VALID : 0,
               dcd_get24(e->header.flags));
    duel_agree(d, LOG, "head of a record", since_3_2 ? about : 0,
               e->header.head_id);
    duel_agree(d, LOG, "host of a record", record->host, dcd_get16(e->host_id));
    duel_agree(d, LOG, "region of a record", record->region, e->region);
    duel_agree(d, LOG, "More flag of a record", record->more, e->flags);
    duel_agree(d, LOG, "validity of a record", d->r.config.revision >= 31,
               e->validity);
    duel_agree(d, LOG, "available extents of a record",
               record->available_extents, dcd_get32(e->available_extents));
    duel_agree(d, LOG, "available tags of a record", record->available_tags,
               dcd_get32(e->available_tags));
    compare_extent(d, LOG, &record->range, &e->extent);
}

/* The records from [from] on; [head]: whose log, or that of the FM. */
static void compare_log(struct duel *d, const struct ref_log *log,
                        unsigned from, bool of_fm, unsigned head)
{
    const struct dcd_get_event_records_rsp *rsp = (const void *)d->h.out;
    uint32_t records = of_fm ? fm_get_events(&d->h) : get_events(&d->h, head);

    d->about = of_fm ? -1 : (int)head;
    duel_agree(d, LOG, of_fm ? "records for the FM" : "records for the host",
               log->count, records);
    duel_agree(d, LOG, "overflow", log->lost != 0,
               rsp->flags & DCD_GET_EVENTS_OVERFLOW);
    duel_agree(d, LOG, "overflow count", log->lost,
               dcd_get16(rsp->overflow_count));
    for (unsigned i = from; i < log->count && !differ(d); i++)
        compare_record(d, &log->record[i], event_at(&d->h, i),
                       of_fm ? log->record[i].host : head);
}

static void compare_logs(struct duel *d, unsigned acting, bool thorough)
{
    for (unsigned head = 0; head < d->r.config.heads && !differ(d); head++)
        if (thorough || head == acting ||
            d->records[head] != d->r.log[head].count)
            compare_log(d, &d->r.log[head], thorough ? 0 : d->records[head],
                        false, head);
    if (!differ(d))
        compare_log(d, &d->r.fm_log, thorough ? 0 : d->fm_records, true, 0);
}

/* --- Memory -------------------------------------------------------------- */

static void compare_cell(struct duel *d, unsigned cell, unsigned head)
{
    bool readable = ref_readable(&d->r, head, cell);
    enum dcd_access read = readable ? DCD_ACCESS_OK : DCD_ACCESS_NOT_BACKED;
    enum dcd_access write = readable && !ref_writable(&d->r, head, cell)
                                ? DCD_ACCESS_READ_ONLY
                                : read;
    uint64_t hpa = WINDOW + ref_dpa(&d->r, cell);
    uint64_t size = d->r.region[ref_region_of(&d->r, cell)].cell;
    uint64_t value = 0;
    struct dcd_device *device = d->h.device;

    d->about = (int)head;
    duel_agree(d, ACCESS, "read of a block", read,
               dcd_device_read(device, head, hpa, &value, 8));
    duel_agree(d, ACCESS, "write of a block", write,
               dcd_device_probe(device, head, hpa, 8, true));
    duel_agree(d, ACCESS, "read of the last byte of a block", read,
               dcd_device_probe(device, head, hpa + size - 1, 1, false));
    if (readable)
        duel_agree(d, BYTES, "bytes of a block", d->r.cell[cell].data, value);
}

static void compare_memory(struct duel *d, bool thorough)
{
    unsigned count = thorough ? d->r.cells : 4;

    for (unsigned i = 0; i < count && !differ(d); i++) {
        unsigned cell =
            thorough ? i : (unsigned)random_draw(&d->random, d->r.cells);

        for (unsigned head = 0; head < d->r.config.heads; head++)
            compare_cell(d, cell, head);
    }
}

/* --- All of it ----------------------------------------------------------- */

static void compare_invariants(struct duel *d)
{
    if (differ(d) || dcd_device_violations(d->h.device) == 0)
        return;
    d->difference.aspect = INVARIANT;
    snprintf(d->difference.text, sizeof(d->difference.text), "%s", d->why);
}

/* Logs tell of what has happened: they come last, so that a difference is named
 * after what is wrong rather than after the records of it. */
void duel_compare(struct duel *d, unsigned head, bool thorough)
{
    bool first = d->steps == 0;

    compare_invariants(d);
    for (unsigned i = 0; i < d->r.config.heads && !differ(d); i++)
        compare_list(d, i, thorough || i == head, first);
    if (!differ(d))
        compare_tags(d, thorough, first);
    for (unsigned i = 0; i < d->r.config.heads && !differ(d); i++)
        if (thorough || i == head || d->steps % 8 == i % 8)
            compare_config(d, i);
    compare_memory(d, thorough);
    compare_logs(d, head, thorough || first);
    compare_invariants(d);
}
