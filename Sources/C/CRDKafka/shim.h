#pragma once
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <errno.h>
#include <linux/close_range.h>
#include <sys/syscall.h>
#include <unistd.h>

// rd_kafka_producev takes variadic macros, which Swift cannot call.
//
// Key and value are copied before this returns. The headers belong to librdkafka when it returns
// RD_KAFKA_RESP_ERR_NO_ERROR and stay the caller's otherwise.
static inline rd_kafka_resp_err_t crdkafka_produce(
    rd_kafka_t *client, const char *topic, int32_t partition, const void *key, size_t key_length,
    const void *value, size_t value_length, rd_kafka_headers_t *headers, void *opaque) {
  return rd_kafka_producev(
      client, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
      RD_KAFKA_V_KEY(key, key_length), RD_KAFKA_V_VALUE((void *)value, value_length),
      RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
      RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_END);
}

// Gives the calling thread a table of descriptors of its own, which has those below `first` and no others; threads
// that it makes share it. glibc shows close_range(2) to GNU sources alone.
//
// Returns 0, or why not, as in errno.
static inline int crdkafka_separate_descriptors(unsigned int first) {
  return syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_UNSHARE) == 0 ? 0 : errno;
}
