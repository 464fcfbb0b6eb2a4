// What protobuf-c makes of messages of alphintra.testing.v1.KitchenSink.
//
//   protobuf_c_peer echo     reads frames from standard input and answers each with one
//   protobuf_c_peer golden   writes one message of its own in binary form
//
// A frame is a letter, a length of four bytes (big-endian) and as many bytes. The answers:
//
//   B, the message read and written again
//   U, the same, but some field of it was unknown
//   E, nothing: it was refused
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alphintra/testing/v1/kitchen_sink.pb-c.h"

typedef Alphintra__Testing__V1__KitchenSink KitchenSink;

static void fail(const char *message) {
  fprintf(stderr, "protobuf_c_peer: %s\n", message);
  exit(1);
}

static void *allocate(size_t size) {
  void *memory = malloc(size ? size : 1);
  if (!memory) fail("out of memory");
  return memory;
}

static void write_frame(char letter, const uint8_t *bytes, size_t size) {
  uint8_t header[5] = {(uint8_t)letter, size >> 24, size >> 16, size >> 8, size};
  if (fwrite(header, 1, sizeof header, stdout) != sizeof header
      || fwrite(bytes, 1, size, stdout) != size) {
    fail("cannot write");
  }
}

// Whether every field, at every depth, was one the contract declares.
static int is_understood(const ProtobufCMessage *message) {
  if (message->n_unknown_fields > 0) return 0;
  for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
    const uint8_t *base = (const uint8_t *)message;
    if (field->type != PROTOBUF_C_TYPE_MESSAGE) continue;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
      size_t count = *(const size_t *)(base + field->quantifier_offset);
      ProtobufCMessage **items = *(ProtobufCMessage ***)(base + field->offset);
      for (size_t j = 0; j < count; j++) {
        if (!is_understood(items[j])) return 0;
      }
      continue;
    }
    // The members of a oneof share their memory: its case says which of them is there.
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
        && *(const uint32_t *)(base + field->quantifier_offset) != field->id) {
      continue;
    }
    const ProtobufCMessage *item = *(ProtobufCMessage *const *)(base + field->offset);
    if (item && !is_understood(item)) return 0;
  }
  return 1;
}

static uint8_t *pack(const KitchenSink *message, size_t *size) {
  *size = alphintra__testing__v1__kitchen_sink__get_packed_size(message);
  uint8_t *bytes = allocate(*size);
  alphintra__testing__v1__kitchen_sink__pack(message, bytes);
  return bytes;
}

static void echo(void) {
  uint8_t header[5];
  while (fread(header, 1, sizeof header, stdin) == sizeof header) {
    size_t size = (size_t)header[1] << 24 | (size_t)header[2] << 16 | (size_t)header[3] << 8 | header[4];
    uint8_t *bytes = allocate(size);
    if (fread(bytes, 1, size, stdin) != size) fail("a frame is cut short");
    KitchenSink *message = alphintra__testing__v1__kitchen_sink__unpack(NULL, size, bytes);
    free(bytes);
    if (!message) {
      write_frame('E', NULL, 0);
      continue;
    }
    size_t packed_size;
    uint8_t *packed = pack(message, &packed_size);
    write_frame(is_understood(&message->base) ? 'B' : 'U', packed, packed_size);
    free(packed);
    alphintra__testing__v1__kitchen_sink__free_unpacked(message, NULL);
  }
}

// A value for every scalar type, presence, a packed and an unpacked list, a map and a oneof. The test knows
// these values, too: what a field means must not depend on who wrote it.
static void golden(void) {
  Alphintra__Testing__V1__KitchenSink__Nested nested = ALPHINTRA__TESTING__V1__KITCHEN_SINK__NESTED__INIT;
  nested.name = "inner";
  nested.kind = ALPHINTRA__TESTING__V1__KITCHEN_SINK__NESTED__KIND__KIND_LEAF;
  Alphintra__Type__Decimal decimal = ALPHINTRA__TYPE__DECIMAL__INIT;
  decimal.value = "101.25";
  Google__Protobuf__Timestamp timestamp = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
  timestamp.seconds = 1700000000;
  timestamp.nanos = 5;
  int32_t packed[] = {0, -1, INT32_MAX};
  int32_t unpacked[] = {7, 0};
  char *strings[] = {"", "\xc3\xa9"};
  uint8_t blob[] = {0, 255};
  Alphintra__Testing__V1__KitchenSink__DoubleBySint64Entry entry =
      ALPHINTRA__TESTING__V1__KITCHEN_SINK__DOUBLE_BY_SINT64_ENTRY__INIT;
  entry.key = INT64_MIN;
  entry.value = -0.5;
  Alphintra__Testing__V1__KitchenSink__DoubleBySint64Entry *entries[] = {&entry};

  KitchenSink message = ALPHINTRA__TESTING__V1__KITCHEN_SINK__INIT;
  message.double_value = 1.5;
  message.float_value = -2.25f;
  message.int32_value = -3;
  message.int64_value = INT64_MIN;
  message.uint32_value = UINT32_MAX;
  message.uint64_value = UINT64_MAX;
  message.sint32_value = INT32_MIN;
  message.sint64_value = -4;
  message.fixed32_value = 5;
  message.fixed64_value = 6;
  message.sfixed32_value = -7;
  message.sfixed64_value = -8;
  message.bool_value = 1;
  message.string_value = "nine";
  message.bytes_value.data = blob;
  message.bytes_value.len = sizeof blob;
  message.color = ALPHINTRA__TESTING__V1__COLOR__COLOR_INFRARED;
  message.nested = &nested;
  message._optional_int32_case = ALPHINTRA__TESTING__V1__KITCHEN_SINK___OPTIONAL_INT32_OPTIONAL_INT32;
  message.optional_int32 = 0;
  message.n_int32s = 3;
  message.int32s = packed;
  message.n_unpacked_int32s = 2;
  message.unpacked_int32s = unpacked;
  message.n_strings = 2;
  message.strings = strings;
  message.n_double_by_sint64 = 1;
  message.double_by_sint64 = entries;
  message.choice_case = ALPHINTRA__TESTING__V1__KITCHEN_SINK__CHOICE_CHOICE_DECIMAL;
  message.choice_decimal = &decimal;
  message.timestamp = &timestamp;
  message.json_renamed = 10;
  message.large_number = 11;
  size_t size;
  uint8_t *bytes = pack(&message, &size);
  if (fwrite(bytes, 1, size, stdout) != size) fail("cannot write");
  free(bytes);
}

int main(int count, char **arguments) {
  if (count == 2 && strcmp(arguments[1], "echo") == 0) {
    echo();
  } else if (count == 2 && strcmp(arguments[1], "golden") == 0) {
    golden();
  } else {
    fail("say echo or golden");
  }
  return 0;
}
