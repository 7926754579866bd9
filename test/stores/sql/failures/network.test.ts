import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { classifyMysql } from "../../../../src/stores/sql/failures/mysql.js";
import { classifyPostgres } from "../../../../src/stores/sql/failures/postgres.js";
import { driverError } from "./driver-errors.js";

describe.each([
  ["classifyPostgres", classifyPostgres],
  ["classifyMysql", classifyMysql],
])("%s", (_name, classify) => {
  it.each([
    "ECONNRESET",
    "ECONNABORTED",
    "EPIPE",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENETDOWN",
    "EPROTO",
    "ERR_STREAM_DESTROYED",
    "ERR_STREAM_WRITE_AFTER_END",
    "ERR_SOCKET_CLOSED",
  ])("does not know what was sent over a connection that ended with %s", (code) => {
    const failure = classify(driverError(`read ${code}`, { code, errno: -104, syscall: "read" }));
    expect(failure).toMatchObject({ outcome: "unknown", again: true, drop: true });
  });

  it.each(["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ENOENT"])(
    "knows that nothing was sent when connecting failed with %s",
    (code) => {
      const failure = classify(driverError(`connect ${code}`, { code, errno: -111, syscall: "connect" }));
      expect(failure).toMatchObject({ outcome: "undone", again: true });
    },
  );

  it.each(["ENOTFOUND", "EAI_AGAIN"])(
    "knows that nothing was sent when the name was not found: %s",
    (code) => {
      expect(classify(driverError(code, { code, errno: -3008, syscall: "getaddrinfo" }))).toMatchObject({
        outcome: "undone",
        again: true,
      });
    },
  );

  it.each([
    "CERT_HAS_EXPIRED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  ])("does not try again where TLS fails with %s", (code) => {
    expect(classify(driverError("certificate", { code }))).toMatchObject({ outcome: "undone", again: false });
  });

  it("asks each address of a host, not the error that holds them", () => {
    const each = driverError("connect ETIMEDOUT ::1:5432", { code: "ETIMEDOUT", syscall: "connect" });
    const all = Object.assign(new AggregateError([each]), { code: "ETIMEDOUT" });
    expect(classify(all)).toMatchObject({ outcome: "undone", said: "connect ETIMEDOUT ::1:5432" });
  });

  it("classes what Node throws", async () => {
    const error = await new Promise((resolve) => {
      connect(1, "localhost").once("error", resolve);
    });
    expect(classify(error)).toMatchObject({ outcome: "undone", again: true });
  });
});
