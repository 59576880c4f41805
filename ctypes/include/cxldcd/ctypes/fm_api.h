/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fm_api.h - the fabric manager's DCD commands 5600h-5608h.
 *
 * In (_req) and out (_rsp) are the payloads behind the CCI header. Sizes and
 * lengths are bytes where nothing else is said, addresses are DPA. [host_id] is
 * the number of the host's head or logical device. [start] is the first entry
 * that is wanted, from 0, [count] how many at most; what does not fit the
 * response is left out, so ask again from [start] + [returned] on, and from the
 * beginning when [generation], where there is one, has moved.
 */
#ifndef CXLDCD_CTYPES_FM_API_H
#define CXLDCD_CTYPES_FM_API_H

#include <cxldcd/ctypes/dynamic_capacity.h>
#include <cxldcd/ctypes/extent.h>
#include <cxldcd/ctypes/le.h>

/* 5600h Get DCD Info out, CXL r3.1 7.6.7.6.1; nothing in. */
struct dcd_get_dcd_info_rsp {
    uint8_t hosts;
    uint8_t regions; /* per host */
    uint8_t reserved[2];
    struct dcd_le16 add_policies; /* bit n: policy n of 5604h; never bit 3 */
    uint8_t reserved2[2];
    struct dcd_le16 release_policies; /* bit n: policy n of 5605h */
    uint8_t sanitize_configurable;    /* bit i: region i */
    uint8_t reserved3;
    struct dcd_le64 total_capacity;               /* whole DCD_CAPACITY_UNITs */
    struct dcd_le64 block_sizes[DCD_MAX_REGIONS]; /* bit n: 2^n bytes */
};
DCD_SIZE_ASSERT(struct dcd_get_dcd_info_rsp, 0x54);

/* 5601h Get Host DC Region Configuration, CXL r3.1 7.6.7.6.2. */
struct dcd_get_host_dc_config_req {
    struct dcd_le16 host_id;
    uint8_t count; /* regions */
    uint8_t start;
};
DCD_SIZE_ASSERT(struct dcd_get_host_dc_config_req, 4);

struct dcd_get_host_dc_config_rsp {
    struct dcd_le16 host_id;
    uint8_t available; /* regions that there are */
    uint8_t returned;
    /* returned region entries, then struct dcd_dc_config_trailer */
};
DCD_SIZE_ASSERT(struct dcd_get_host_dc_config_rsp, 4);

struct dcd_host_dc_region_config {
    struct dcd_le64 base;
    struct dcd_le64 decode_length; /* units of DCD_CAPACITY_UNIT */
    struct dcd_le64 length;
    struct dcd_le64 block_size;
    uint8_t attributes; /* DCD_REGION_ATTR_... */
    uint8_t reserved[3];
    uint8_t flags; /* DCD_REGION_SANITIZE_ON_RELEASE */
    uint8_t reserved2[3];
};
DCD_SIZE_ASSERT(struct dcd_host_dc_region_config, 0x28);

/* The same bits as the flags of a CDAT DSMAS structure. */
#define DCD_REGION_ATTR_NONVOLATILE (1u << 2)
#define DCD_REGION_ATTR_SHARABLE (1u << 3)
#define DCD_REGION_ATTR_HW_COHERENT (1u << 4)
#define DCD_REGION_ATTR_INTERCONNECT_SPECIFIC (1u << 5)
#define DCD_REGION_ATTR_READ_ONLY (1u << 6)

/* 5602h Set DC Region Configuration, CXL r3.1 7.6.7.6.3; nothing out. */
struct dcd_set_dc_region_config_req {
    uint8_t region;
    uint8_t reserved[3];
    struct dcd_le64 block_size; /* bytes */
    uint8_t flags;              /* DCD_REGION_SANITIZE_ON_RELEASE */
    uint8_t reserved2[3];
};
DCD_SIZE_ASSERT(struct dcd_set_dc_region_config_req, 0x10);

/* 5603h Get DC Region Extent Lists, CXL r3.1 7.6.7.6.4. */
struct dcd_get_region_extent_lists_req {
    struct dcd_le16 host_id;
    uint8_t reserved[2];
    struct dcd_le32 count;
    struct dcd_le32 start;
};
DCD_SIZE_ASSERT(struct dcd_get_region_extent_lists_req, 0xc);

struct dcd_get_region_extent_lists_rsp {
    struct dcd_le16 host_id;
    uint8_t reserved[2];
    struct dcd_le32 start;
    struct dcd_le32 returned;
    struct dcd_le32 total;
    struct dcd_le32 generation;
    uint8_t reserved2[4];
    /* returned extents (struct dcd_extent_wire) */
};
DCD_SIZE_ASSERT(struct dcd_get_region_extent_lists_rsp, 0x18);

/*
 * 5604h Initiate Dynamic Capacity Add, CXL r3.1 7.6.7.6.5. Policies 0, 1 and
 * 3 end before [count] (1Ch bytes) or carry it as 0.
 */
struct dcd_initiate_dc_add_req {
    struct dcd_le16 host_id;
    uint8_t policy;         /* 3:0, enum dcd_add_policy */
    uint8_t region;         /* not prescriptive */
    struct dcd_le64 length; /* free and contiguous */
    struct dcd_uuid tag;    /* not prescriptive: extents have their own */
    struct dcd_le32 count;  /* prescriptive: of struct dcd_extent_wire */
};
DCD_SIZE_ASSERT(struct dcd_initiate_dc_add_req, 0x20);

enum dcd_add_policy {
    DCD_ADD_FREE = 0,                 /* any free blocks of the region */
    DCD_ADD_CONTIGUOUS = 1,           /* one run of them */
    DCD_ADD_PRESCRIPTIVE = 2,         /* the extents that follow */
    DCD_ADD_ENABLE_SHARED_ACCESS = 3, /* what bears the tag already */
};

/*
 * 5605h Initiate Dynamic Capacity Release, CXL r3.1 7.6.7.6.6. Policy 0 ends
 * before [count] (1Ch bytes) or carries it as 0.
 */
struct dcd_initiate_dc_release_req {
    struct dcd_le16 host_id;
    uint8_t flags; /* 3:0 enum dcd_release_policy, DCD_RELEASE_... */
    uint8_t reserved;
    struct dcd_le64 length; /* tag-based */
    struct dcd_uuid tag;    /* tag-based */
    struct dcd_le32 count;  /* prescriptive: of struct dcd_extent_wire */
};
DCD_SIZE_ASSERT(struct dcd_initiate_dc_release_req, 0x20);

enum dcd_release_policy {
    DCD_RELEASE_TAG_BASED = 0,
    DCD_RELEASE_PRESCRIPTIVE = 1,
};

#define DCD_POLICY_MASK 0xfu
#define DCD_RELEASE_FORCED (1u << 4)   /* without the host's consent */
#define DCD_RELEASE_SANITIZE (1u << 5) /* erase what is released */
/* Bytes of 5604h and 5605h in front of [count]. */
#define DCD_INITIATE_SHORT 0x1c

/* 5606h and 5607h in, CXL r3.1 7.6.7.6.7-.8; nothing out. */
struct dcd_tag_reference_req {
    struct dcd_uuid tag;
};
DCD_SIZE_ASSERT(struct dcd_tag_reference_req, 0x10);

/* 5608h Dynamic Capacity List Tags, CXL r3.1 7.6.7.6.9. */
struct dcd_list_tags_req {
    struct dcd_le32 start;
    struct dcd_le32 count; /* at most */
};
DCD_SIZE_ASSERT(struct dcd_list_tags_req, 8);

struct dcd_list_tags_rsp {
    struct dcd_le32 generation; /* moves with any bit of any entry */
    struct dcd_le32 total;      /* living tags */
    struct dcd_le32 returned;
    uint8_t validity; /* DCD_TAG_..._VALID */
    uint8_t reserved[3];
    /* returned of struct dcd_tag_info */
};
DCD_SIZE_ASSERT(struct dcd_list_tags_rsp, 0x10);

#define DCD_TAG_REFERENCES_VALID 1u
#define DCD_TAG_PENDING_VALID 2u

struct dcd_tag_info {
    struct dcd_uuid tag;
    uint8_t flags; /* DCD_TAG_FM_REFERENCE */
    uint8_t reserved[3];
    uint8_t references[0x20]; /* bit k: LD k has accepted it */
    uint8_t pending[0x20];    /* bit k: LD k was offered it */
};
DCD_SIZE_ASSERT(struct dcd_tag_info, 0x54);

#define DCD_TAG_FM_REFERENCE 1u

#endif
