/* SPDX-License-Identifier: Apache-2.0 */
/* reference.c - a device in the simplest possible words. */
#include "reference.h"

#include <string.h>

const char *const ref_tag_names[REF_NAMES] = {
    "11111111-1111-1111-1111-111111111111",
    "22222222-2222-2222-2222-222222222222",
    "33333333-3333-3333-3333-333333333333",
    "44444444-4444-4444-4444-444444444444",
    "55555555-5555-5555-5555-555555555555",
};

void ref_init(struct reference *r, const struct dcd_config *config)
{
    struct dcd_layout layout;

    memset(r, 0, sizeof(*r));
    dcd_config_layout(config, &layout);
    r->regions = config->region_count;
    for (unsigned i = 0; i < r->regions; i++) {
        const struct dcd_region_config *c = &config->regions[i];

        r->region[i].base = layout.region_base[i];
        r->region[i].length = c->length;
        r->region[i].block = c->block_size;
        r->region[i].sanitize = c->sanitize == DCD_SANITIZE_YES;
        r->region[i].first = r->blocks;
        r->blocks += (unsigned)(c->length / c->block_size);
    }
}

/* --- Blocks -------------------------------------------------------------- */

static const struct ref_region *region_at(const struct reference *r,
                                          uint64_t dpa)
{
    for (unsigned i = 0; i < r->regions; i++)
        if (dpa >= r->region[i].base &&
            dpa - r->region[i].base < r->region[i].length)
            return &r->region[i];
    return NULL;
}

static const struct ref_region *region_of(const struct reference *r,
                                          unsigned block)
{
    unsigned i = r->regions - 1;

    while (r->region[i].first > block)
        i--;
    return &r->region[i];
}

int ref_block_at(const struct reference *r, uint64_t dpa)
{
    const struct ref_region *region = region_at(r, dpa);

    if (!region)
        return -1;
    return (int)(region->first + (dpa - region->base) / region->block);
}

uint64_t ref_dpa(const struct reference *r, unsigned block)
{
    const struct ref_region *region = region_of(r, block);

    return region->base + (block - region->first) * region->block;
}

/* First and last block of a well-formed range. */
static unsigned first_of(const struct reference *r, const struct range *range)
{
    return (unsigned)ref_block_at(r, range->dpa);
}

static unsigned last_of(const struct reference *r, const struct range *range)
{
    return (unsigned)ref_block_at(r, range->dpa + range->length - 1);
}

static bool inside(const struct range *inner, const struct range *outer)
{
    return inner->dpa >= outer->dpa &&
           inner->dpa + inner->length <= outer->dpa + outer->length;
}

static bool overlap(const struct range *a, const struct range *b)
{
    return a->dpa < b->dpa + b->length && b->dpa < a->dpa + a->length;
}

static bool has(const struct reference *r, unsigned block, unsigned head,
                enum ref_state state)
{
    return r->block[block].state == state && r->block[block].owner == head;
}

static void make_free(struct reference *r, unsigned block)
{
    r->block[block].state = REF_FREE;
    r->block[block].tag = NULL;
    if (region_of(r, block)->sanitize)
        r->block[block].data = 0;
}

/* --- Lists and limits ---------------------------------------------------- */

static bool same_extent(const struct reference *r, unsigned a, unsigned b)
{
    return region_of(r, a) == region_of(r, b) &&
           r->block[a].state == r->block[b].state &&
           r->block[a].owner == r->block[b].owner &&
           r->block[a].extent == r->block[b].extent;
}

unsigned ref_list(const struct reference *r, unsigned head,
                  struct range list[REF_BLOCKS])
{
    unsigned count = 0;

    for (unsigned b = 0; b < r->blocks; b++) {
        if (!has(r, b, head, REF_ACCEPTED))
            continue;
        if (b == 0 || !same_extent(r, b - 1, b))
            list[count++] =
                (struct range){ref_dpa(r, b), 0, r->block[b].tag, 0};
        list[count - 1].length += region_of(r, b)->block;
    }
    return count;
}

static unsigned tracked(const struct reference *r, unsigned head)
{
    struct range list[REF_BLOCKS];
    unsigned count = ref_list(r, head, list);

    for (unsigned g = 0; g < r->head[head].groups; g++)
        count += r->head[head].group[g].count;
    return count;
}

unsigned ref_available_extents(const struct reference *r, unsigned head)
{
    return REF_EXTENTS - tracked(r, head);
}

static bool tag_alive(const struct reference *r, const char *tag)
{
    for (unsigned b = 0; b < r->blocks; b++)
        if (r->block[b].state != REF_FREE && r->block[b].tag == tag)
            return true;
    return false;
}

unsigned ref_available_tags(const struct reference *r)
{
    unsigned available = REF_TAGS;

    for (unsigned i = 0; i < REF_NAMES; i++)
        available -= tag_alive(r, ref_tag_names[i]);
    return available;
}

/* --- Logs ---------------------------------------------------------------- */

static void write_chain(struct ref_chain *chain, unsigned *log, unsigned depth,
                        uint8_t type, const struct range *list, unsigned count)
{
    chain->type = type;
    chain->count = 0;
    if (count > depth - *log)
        return;
    *log += count;
    chain->count = count;
    memcpy(chain->ranges, list, count * sizeof(*list));
}

static void tell_host(struct reference *r, unsigned head, uint8_t type,
                      const struct range *list, unsigned count)
{
    write_chain(&r->to_host, &r->head[head].log, REF_DC_LOG, type, list, count);
}

static void tell_fm(struct reference *r, uint8_t type, const struct range *list,
                    unsigned count)
{
    write_chain(&r->to_fm, &r->fm_log, REF_FM_LOG, type, list, count);
}

static void begin(struct reference *r)
{
    r->to_host.count = 0;
    r->to_fm.count = 0;
}

/* --- The form of a list -------------------------------------------------- */

static uint16_t check_entry(const struct reference *r, const struct range *list,
                            unsigned i)
{
    const struct range *e = &list[i];
    const struct ref_region *region = region_at(r, e->dpa);

    if (e->length == 0)
        return 0x1e;
    if (e->dpa + (e->length - 1) < e->dpa || !region ||
        e->length > region->length - (e->dpa - region->base))
        return 0x0f;
    if ((e->dpa - region->base) % region->block || e->length % region->block)
        return 0x1e;
    for (unsigned k = 0; k < i; k++)
        if (overlap(&list[k], e))
            return 0x1e;
    return 0;
}

static uint16_t check_form(const struct reference *r, const struct range *list,
                           unsigned count)
{
    uint16_t rc = 0;

    for (unsigned i = 0; i < count && rc == 0; i++)
        rc = check_entry(r, list, i);
    return rc;
}

/* Every block of the range is in one of the two states for this head. */
static bool all_blocks(const struct reference *r, const struct range *range,
                       unsigned head, enum ref_state state, enum ref_state or_)
{
    for (unsigned b = first_of(r, range); b <= last_of(r, range); b++)
        if (!has(r, b, head, state) && !has(r, b, head, or_))
            return false;
    return true;
}

static bool any_block(const struct reference *r, const struct range *range,
                      unsigned head, enum ref_state state)
{
    for (unsigned b = first_of(r, range); b <= last_of(r, range); b++)
        if (has(r, b, head, state))
            return true;
    return false;
}

/* --- 5604h --------------------------------------------------------------- */

static unsigned new_tags(const struct range *list, unsigned count)
{
    unsigned tags = 0;

    for (unsigned i = 0; i < REF_NAMES; i++) {
        bool used = false;

        for (unsigned k = 0; k < count; k++)
            used = used || list[k].tag == ref_tag_names[i];
        tags += used;
    }
    return tags;
}

static uint16_t check_add(const struct reference *r, unsigned head,
                          const struct range *list, unsigned count)
{
    uint16_t rc = check_form(r, list, count);

    if (count == 0)
        return 0x1e;
    if (rc)
        return rc;
    for (unsigned i = 0; i < count; i++)
        for (unsigned b = first_of(r, &list[i]); b <= last_of(r, &list[i]); b++)
            if (r->block[b].state != REF_FREE)
                return 0x1e;
    for (unsigned i = 0; i < count; i++)
        if (list[i].tag && tag_alive(r, list[i].tag))
            return 0x02;
    if (count > ref_available_extents(r, head) ||
        new_tags(list, count) > ref_available_tags(r) || count > REF_DC_LOG)
        return 0x1d;
    return count > REF_DC_LOG - r->head[head].log ? 0x05 : 0;
}

static void assign(struct reference *r, const struct range *range,
                   unsigned head, enum ref_state state, const char *tag)
{
    r->extents++;
    for (unsigned b = first_of(r, range); b <= last_of(r, range); b++) {
        r->block[b].state = state;
        r->block[b].owner = head;
        r->block[b].extent = r->extents;
        r->block[b].tag = tag;
    }
}

uint16_t ref_add(struct reference *r, unsigned head, const struct range *list,
                 unsigned count)
{
    struct ref_head *h = &r->head[head];
    uint16_t rc = check_add(r, head, list, count);
    struct ref_group *group = &h->group[h->groups];

    begin(r);
    if (rc)
        return rc;
    h->groups++;
    group->dead = false;
    group->count = count;
    memcpy(group->ranges, list, count * sizeof(*list));
    for (unsigned i = 0; i < count; i++)
        assign(r, &list[i], head, REF_PENDING, list[i].tag);
    tell_host(r, head, DCD_EVENT_ADD_CAPACITY, list, count);
    return 0;
}

/* --- 4802h --------------------------------------------------------------- */

/* Frees what the oldest group offered and nobody accepted. */
static void end_group(struct reference *r, unsigned head)
{
    struct ref_head *h = &r->head[head];
    const struct ref_group *group = &h->group[0];

    for (unsigned i = 0; i < group->count; i++)
        for (unsigned b = first_of(r, &group->ranges[i]);
             b <= last_of(r, &group->ranges[i]); b++)
            if (has(r, b, head, REF_PENDING))
                make_free(r, b);
    memmove(&h->group[0], &h->group[1], --h->groups * sizeof(h->group[0]));
}

static void refuse_group(struct reference *r, unsigned head)
{
    const struct ref_group *group = &r->head[head].group[0];
    struct range lowest = group->ranges[0];

    for (unsigned i = 1; i < group->count; i++)
        if (group->ranges[i].dpa < lowest.dpa)
            lowest = group->ranges[i];
    lowest.length = 0;
    end_group(r, head);
    tell_fm(r, DCD_EVENT_ADD_RESPONSE, &lowest, 1);
}

static const struct range *offered(const struct ref_group *group,
                                   const struct range *entry)
{
    for (unsigned i = 0; i < group->count; i++)
        if (inside(entry, &group->ranges[i]))
            return &group->ranges[i];
    return NULL;
}

/* The answer is meant for later offers, and for those alone. */
static bool too_early(const struct ref_head *h, const struct range *list,
                      unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        bool later = false;

        for (unsigned k = 0; k < h->group[0].count; k++)
            if (overlap(&list[i], &h->group[0].ranges[k]))
                return false;
        for (unsigned g = 1; g < h->groups; g++)
            later = later || offered(&h->group[g], &list[i]);
        if (!later)
            return false;
    }
    return true;
}

static uint16_t check_response(const struct reference *r, unsigned head,
                               const struct range *list, unsigned count)
{
    const struct ref_head *h = &r->head[head];
    uint16_t rc;

    if (count + tracked(r, head) - h->group[0].count > REF_EXTENTS)
        return 0x1d;
    rc = check_form(r, list, count);
    for (unsigned i = 0; i < count && rc == 0; i++)
        if (!offered(&h->group[0], &list[i]))
            rc = too_early(h, list, count) ? 0x02 : 0x0f;
    return rc;
}

uint16_t ref_respond(struct reference *r, unsigned head,
                     const struct range *list, unsigned count)
{
    struct ref_head *h = &r->head[head];
    struct range accepted[REF_CHAIN];
    uint16_t rc;

    begin(r);
    if (count > REF_EXTENTS) /* more than could ever be tracked */
        return 0x1d;
    if (h->groups == 0)
        return 0x02;
    if (h->group[0].dead || count == 0) {
        rc = count ? 0x0f : 0x00;
        refuse_group(r, head);
        return rc;
    }
    rc = check_response(r, head, list, count);
    if (rc)
        return rc;
    for (unsigned i = 0; i < count; i++) {
        accepted[i] = list[i];
        accepted[i].tag = offered(&h->group[0], &list[i])->tag;
        assign(r, &list[i], head, REF_ACCEPTED, accepted[i].tag);
    }
    end_group(r, head);
    tell_fm(r, DCD_EVENT_ADD_RESPONSE, accepted, count);
    return 0;
}

/* --- 4803h and 5605h ----------------------------------------------------- */

/* Takes the accepted blocks of [range] away; its pieces go to [pieces]. */
static unsigned take(struct reference *r, unsigned head,
                     const struct range *range, struct range *pieces)
{
    unsigned count = 0;
    unsigned extent = 0;

    for (unsigned b = first_of(r, range); b <= last_of(r, range); b++) {
        if (!has(r, b, head, REF_ACCEPTED)) {
            extent = 0;
            continue;
        }
        if (r->block[b].extent != extent)
            pieces[count++] =
                (struct range){ref_dpa(r, b), 0, r->block[b].tag, 0};
        extent = r->block[b].extent;
        pieces[count - 1].length += region_of(r, b)->block;
        make_free(r, b);
    }
    return count;
}

/* Whether the list ever grows beyond the limit while entries go in order. */
static bool splits_too_much(const struct reference *r, unsigned head,
                            const struct range *list, unsigned count)
{
    struct range pieces[REF_CHAIN];
    struct reference trial = *r;

    for (unsigned i = 0; i < count; i++) {
        take(&trial, head, &list[i], pieces);
        if (tracked(&trial, head) > REF_EXTENTS)
            return true;
    }
    return false;
}

static unsigned take_all(struct reference *r, unsigned head,
                         const struct range *list, unsigned count,
                         struct range *pieces)
{
    unsigned taken = 0;

    for (unsigned i = 0; i < count; i++)
        taken += take(r, head, &list[i], pieces + taken);
    return taken;
}

/* For each entry in order: its blocks, then the limit. */
static uint16_t check_release(const struct reference *r, unsigned head,
                              const struct range *list, unsigned count)
{
    uint16_t rc = check_form(r, list, count);

    for (unsigned i = 0; i < count && rc == 0; i++) {
        if (!all_blocks(r, &list[i], head, REF_ACCEPTED, REF_ACCEPTED))
            rc = 0x0f;
        else if (splits_too_much(r, head, list, i + 1))
            rc = 0x1d;
    }
    return rc;
}

uint16_t ref_release(struct reference *r, unsigned head,
                     const struct range *list, unsigned count)
{
    struct range pieces[REF_CHAIN];
    uint16_t rc;

    begin(r);
    if (count == 0)
        return 0x02;
    rc = check_release(r, head, list, count);
    if (rc)
        return rc;
    count = take_all(r, head, list, count, pieces);
    tell_fm(r, DCD_EVENT_CAPACITY_RELEASED, pieces, count);
    return 0;
}

static uint16_t check_initiate(const struct reference *r, unsigned head,
                               bool forced, const struct range *list,
                               unsigned count)
{
    uint16_t rc = check_form(r, list, count);

    if (count == 0)
        return 0x1e;
    for (unsigned i = 0; i < count && rc == 0; i++)
        if (!forced && any_block(r, &list[i], head, REF_PENDING))
            rc = 0x0f;
    for (unsigned i = 0; i < count && rc == 0; i++)
        if (!all_blocks(r, &list[i], head, REF_ACCEPTED, REF_PENDING))
            rc = 0x1e;
    if (rc)
        return rc;
    if (splits_too_much(r, head, list, count) ||
        (!forced && count > REF_DC_LOG))
        return 0x1d;
    return !forced && count > REF_DC_LOG - r->head[head].log ? 0x05 : 0;
}

static void kill_groups(struct ref_head *h, const struct range *list,
                        unsigned count)
{
    for (unsigned g = 0; g < h->groups; g++)
        for (unsigned k = 0; k < h->group[g].count; k++)
            for (unsigned i = 0; i < count; i++)
                if (overlap(&h->group[g].ranges[k], &list[i]))
                    h->group[g].dead = true;
}

/* A release record has the range that was named, and the tag of the extent
 * that it begins in. */
static void ask(struct reference *r, unsigned head, const struct range *list,
                unsigned count)
{
    struct range named[REF_CHAIN];

    for (unsigned i = 0; i < count; i++) {
        named[i] = list[i];
        named[i].tag = r->block[first_of(r, &list[i])].tag;
        named[i].sequence = 0;
    }
    tell_host(r, head, DCD_EVENT_RELEASE_CAPACITY, named, count);
}

uint16_t ref_initiate_release(struct reference *r, unsigned head, bool forced,
                              const struct range *list, unsigned count)
{
    struct range pieces[REF_CHAIN];
    uint16_t rc = check_initiate(r, head, forced, list, count);
    unsigned taken;

    begin(r);
    if (rc)
        return rc;
    if (!forced) {
        ask(r, head, list, count);
        return 0;
    }
    kill_groups(&r->head[head], list, count);
    taken = take_all(r, head, list, count, pieces);
    if (taken) {
        tell_host(r, head, DCD_EVENT_FORCED_RELEASE, pieces, taken);
        tell_fm(r, DCD_EVENT_CAPACITY_RELEASED, pieces, taken);
    }
    return 0;
}

/* --- Reset --------------------------------------------------------------- */

void ref_reset(struct reference *r, unsigned head)
{
    struct range list[REF_BLOCKS];
    struct range pieces[REF_CHAIN];
    unsigned count;

    begin(r);
    while (r->head[head].groups)
        refuse_group(r, head);
    count = ref_list(r, head, list);
    if (count) {
        take_all(r, head, list, count, pieces);
        tell_fm(r, DCD_EVENT_CAPACITY_RELEASED, list, count);
    }
    r->head[head].log = 0;
}
