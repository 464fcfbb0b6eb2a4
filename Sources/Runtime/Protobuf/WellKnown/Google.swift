/// The types of package `google.protobuf` that contracts use.
public enum Google {}
