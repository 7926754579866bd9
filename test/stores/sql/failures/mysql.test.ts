import { describe, expect, it } from "vitest";
import { classifyMysql } from "../../../../src/stores/sql/failures/mysql.js";
import { driverError } from "./driver-errors.js";

function answer(errno: number, sqlState = "HY000", message = "what it says"): Error {
  return driverError(message, { code: `ER_${errno}`, errno, sqlState, sqlMessage: message });
}

/** Numbers of MySQL 8 and MariaDB that a store can meet, with the SQLSTATE that comes with them. */
const AGAIN: readonly (readonly [name: string, errno: number, sqlState: string])[] = [
  ["ER_CHECKREAD", 1020, "HY000"],
  ["ER_OUTOFMEMORY", 1037, "HY001"],
  ["ER_CON_COUNT_ERROR", 1040, "08004"],
  ["ER_BAD_HOST_ERROR", 1042, "08S01"],
  ["ER_HANDSHAKE_ERROR", 1043, "08S01"],
  ["ER_UNKNOWN_COM_ERROR", 1047, "08S01"],
  ["ER_CANT_CREATE_THREAD", 1135, "HY000"],
  ["ER_LOCK_OR_ACTIVE_TRANSACTION", 1192, "HY000"],
  ["ER_TOO_MANY_USER_CONNECTIONS", 1203, "42000"],
  ["ER_LOCK_WAIT_TIMEOUT", 1205, "HY000"],
  ["ER_LOCK_TABLE_FULL", 1206, "HY000"],
  ["ER_LOCK_DEADLOCK", 1213, "40001"],
  ["ER_CANT_UPDATE_WITH_READLOCK", 1223, "HY000"],
  ["ER_USER_LIMIT_REACHED", 1226, "42000"],
  ["ER_UNKNOWN_STMT_HANDLER", 1243, "HY000"],
  ["ER_QUERY_INTERRUPTED", 1317, "70100"],
  ["ER_TABLE_DEF_CHANGED", 1412, "HY000"],
  ["ER_MAX_PREPARED_STMT_COUNT_REACHED", 1461, "42000"],
  ["ER_XA_RBDEADLOCK", 1614, "XA102"],
  ["ER_NEED_REPREPARE", 1615, "HY000"],
  ["ER_TOO_MANY_CONCURRENT_TRXS", 1637, "HY000"],
  ["ER_READ_ONLY_MODE", 1836, "HY000"],
  ["ER_STATEMENT_TIMEOUT", 1969, "70100"],
  ["ER_QUERY_TIMEOUT", 3024, "HY000"],
  ["ER_RUN_HOOK_ERROR", 3100, "HY000"],
  ["ER_TRANSACTION_ROLLBACK_DURING_COMMIT", 3101, "40000"],
  ["ER_LOCK_NOWAIT", 3572, "HY000"],
  ["ER_CLIENT_INTERACTION_TIMEOUT", 4031, "HY000"],
];

const REFUSED: readonly (readonly [name: string, errno: number, sqlState: string])[] = [
  ["ER_DISK_FULL", 1021, "HY000"],
  ["ER_NOT_KEYFILE", 1034, "HY000"],
  ["ER_DBACCESS_DENIED_ERROR", 1044, "42000"],
  ["ER_ACCESS_DENIED_ERROR", 1045, "28000"],
  ["ER_NO_DB_ERROR", 1046, "3D000"],
  ["ER_BAD_NULL_ERROR", 1048, "23000"],
  ["ER_BAD_DB_ERROR", 1049, "42000"],
  ["ER_TABLE_EXISTS_ERROR", 1050, "42S01"],
  ["ER_BAD_FIELD_ERROR", 1054, "42S22"],
  ["ER_DUP_ENTRY", 1062, "23000"],
  ["ER_PARSE_ERROR", 1064, "42000"],
  ["ER_RECORD_FILE_FULL", 1114, "HY000"],
  ["ER_HOST_IS_BLOCKED", 1129, "HY000"],
  ["ER_HOST_NOT_PRIVILEGED", 1130, "HY000"],
  ["ER_WRONG_VALUE_COUNT_ON_ROW", 1136, "21S01"],
  ["ER_TABLEACCESS_DENIED_ERROR", 1142, "42000"],
  ["ER_NO_SUCH_TABLE", 1146, "42S02"],
  ["ER_NET_PACKET_TOO_LARGE", 1153, "08S01"],
  ["ER_CRASHED_ON_USAGE", 1194, "HY000"],
  ["ER_TRANS_CACHE_FULL", 1197, "HY000"],
  ["ER_WRONG_ARGUMENTS", 1210, "HY000"],
  ["ER_SPECIFIC_ACCESS_DENIED_ERROR", 1227, "42000"],
  ["ER_NOT_SUPPORTED_YET", 1235, "42000"],
  ["ER_WARN_DATA_OUT_OF_RANGE", 1264, "22003"],
  ["WARN_DATA_TRUNCATED", 1265, "01000"],
  ["ER_CANT_AGGREGATE_2COLLATIONS", 1267, "HY000"],
  ["ER_UNSUPPORTED_PS", 1295, "HY000"],
  ["ER_NO_DEFAULT_FOR_FIELD", 1364, "HY000"],
  ["ER_DIVISION_BY_ZERO", 1365, "22012"],
  ["ER_TRUNCATED_WRONG_VALUE_FOR_FIELD", 1366, "HY000"],
  ["ER_PS_MANY_PARAM", 1390, "HY000"],
  ["ER_DATA_TOO_LONG", 1406, "22001"],
  ["ER_ROW_IS_REFERENCED_2", 1451, "23000"],
  ["ER_NO_REFERENCED_ROW_2", 1452, "23000"],
  ["ER_BINLOG_STMT_MODE_AND_ROW_ENGINE", 1665, "HY000"],
  ["ER_DATA_OUT_OF_RANGE", 1690, "22003"],
  ["ER_ACCESS_DENIED_NO_PASSWORD_ERROR", 1698, "28000"],
  ["ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION", 1792, "25006"],
  ["ER_TABLESPACE_MISSING", 1812, "HY000"],
  ["ER_TABLE_CORRUPT", 1877, "HY000"],
  ["ER_ACCOUNT_HAS_BEEN_LOCKED", 3118, "HY000"],
  ["ER_INVALID_JSON_TEXT", 3140, "22032"],
  ["ER_SECURE_TRANSPORT_REQUIRED", 3159, "HY000"],
  ["ER_CHECK_CONSTRAINT_VIOLATED", 3819, "HY000"],
  ["ER_CONSTRAINT_FAILED", 4025, "23000"],
  ["ER_SIGNAL_EXCEPTION", 1644, "45000"],
];

const UNKNOWN: readonly (readonly [name: string, errno: number, sqlState: string])[] = [
  ["ER_SERVER_SHUTDOWN", 1053, "08S01"],
  ["ER_FORCING_CLOSE", 1080, "08S01"],
  ["ER_UNKNOWN_ERROR", 1105, "HY000"],
  ["ER_ABORTING_CONNECTION", 1152, "08S01"],
  ["ER_NET_PACKETS_OUT_OF_ORDER", 1156, "08S01"],
  ["ER_NET_READ_ERROR", 1158, "08S01"],
  ["ER_NET_WRITE_INTERRUPTED", 1161, "08S01"],
  ["ER_ERROR_DURING_COMMIT", 1180, "HY000"],
  ["ER_NEW_ABORTING_CONNECTION", 1184, "08S01"],
  ["ER_MALFORMED_PACKET", 1835, "HY000"],
  ["ER_CONNECTION_KILLED", 1927, "70100"],
  ["ER_SESSION_WAS_KILLED", 3169, "HY000"],
];

describe("classifyMysql", () => {
  it.each(AGAIN)("tries again after %s", (_name, errno, sqlState) => {
    expect(classifyMysql(answer(errno, sqlState))).toMatchObject({ outcome: "undone", again: true });
  });

  it.each(REFUSED)("does not try again after %s", (_name, errno, sqlState) => {
    expect(classifyMysql(answer(errno, sqlState))).toMatchObject({ outcome: "undone", again: false });
  });

  it.each(UNKNOWN)("does not know what %s leaves behind", (_name, errno, sqlState) => {
    expect(classifyMysql(answer(errno, sqlState))).toMatchObject({ outcome: "unknown", drop: true });
  });

  it("leaves numbers unclassified that it cannot speak for", () => {
    expect(classifyMysql(answer(1999))).toBeNull();
    expect(classifyMysql(answer(9_007, "HY000"))).toBeNull();
  });

  it("tells a read-only server from other options that stand in the way", () => {
    const message =
      "The MySQL server is running with the --super-read-only option so it cannot execute this statement";
    expect(classifyMysql(answer(1290, "HY000", message))).toMatchObject({
      outcome: "undone",
      again: true,
      drop: true,
    });
    const other =
      "The MySQL server is running with the --secure-file-priv option so it cannot execute this statement";
    expect(classifyMysql(answer(1290, "HY000", other))).toMatchObject({ outcome: "undone", again: false });
  });

  it.each([
    ["Connection lost: The server closed the connection.", "PROTOCOL_CONNECTION_LOST", "unknown", true],
    ["Query inactivity timeout", "PROTOCOL_SEQUENCE_TIMEOUT", "unknown", true],
    ["Unexpected packet while no commands in the queue", "PROTOCOL_UNEXPECTED_PACKET", "unknown", true],
    ["Can't write in closed state", undefined, "unknown", true],
    ["Can't add new command when connection is in closed state", undefined, "undone", true],
    ["Pool is closed.", undefined, "undone", false],
    ["Pool is closed.", "POOL_CLOSED", "undone", false],
    ["No connections available.", undefined, "undone", true],
    ["Queue limit reached.", undefined, "undone", true],
    ["connect ETIMEDOUT", "ETIMEDOUT", "undone", true],
    ["Server does not support secure connection", "HANDSHAKE_NO_SSL_SUPPORT", "undone", false],
    ["bad", "AUTH_SWITCH_PLUGIN_ERROR", "undone", false],
  ])("knows %j of mysql2, code %s", (message, code, outcome, again) => {
    expect(classifyMysql(driverError(message, { code }))).toMatchObject({ outcome, again });
  });

  it("says what the server said, not the statement that Knex writes before it", () => {
    const error = answer(1146, "42S02", "Table 'app.wallet' doesn't exist");
    error.message = `insert into wallet values (1) - ${error.message}`;
    expect(classifyMysql(error)).toMatchObject({
      said: "Table 'app.wallet' doesn't exist (ER_1146)",
      advice: expect.stringContaining("store.migrate()"),
    });
  });
});
