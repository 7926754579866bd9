import { elsewhere, lost, passing, refused, type Verdict } from "./failure.js";

const MIGRATE = "Run `await store.migrate()`, and check the database's name.";
const RIGHTS =
  "Grant the user SELECT, INSERT, UPDATE and DELETE on the tables; `store.migrate()` needs CREATE, ALTER and INDEX too.";
const LOGIN = "Check user, password and host of the account.";
export const REPLICA = "The connection leads to a replica, or is read-only: connect to the primary.";
const STATEMENTS = "The driver's prepared statements are not those of the server's session.";

/** The server met trouble of its own, and does not say how far it came. */
const TROUBLE: Verdict = { outcome: "unknown", again: false, drop: true };

type Row = readonly [verdict: Verdict, ...numbers: number[]];

/** MySQL's and MariaDB's numbers, where the class of an error does not say what it means. */
const ROWS: readonly Row[] = [
  // Locks, deadlocks, certification in a cluster, rows that changed under a snapshot.
  [passing("Another transaction holds the lock."), 1205, 1206, 3572],
  [passing(), 1020, 1213, 1402, 1412, 1613, 1614, 1637, 3058, 3100, 3101, 3132, 3133],
  [passing("Tables are locked."), 1015, 1099, 1100, 1192, 1223],
  [passing("The statement was cancelled, or took longer than the server allows."), 1317, 1969, 3024],

  // Memory, threads, connections, disks, sizes.
  [passing("The server ran out of memory."), 1037, 1038, 1041, 1998, 3985, 5],
  [elsewhere("The server ran out of threads."), 1135],
  [elsewhere("Give pools a smaller `connectionLimit`, or the server more connections."), 1040, 1203, 1226],
  [elsewhere("Raise max_prepared_stmt_count, or lower `maxPreparedStatements` of the pool."), 1461],
  [refused("The server's disk, or its table space, is full."), 1021, 1114, 1878, 3019, 3675, 20],
  [refused("Raise max_binlog_cache_size, or give the store smaller batches."), 1197, 1594],
  [{ ...refused("Raise max_allowed_packet of the server."), drop: true }, 1153],
  [refused(), 1116, 1117, 1119, 1301, 1390, 1436, 1713, 3170, 3231],

  // Sessions and connections.
  [elsewhere(STATEMENTS), 1243, 1615],
  [elsewhere(REPLICA), 1836, 1874],
  [elsewhere("The server's node is not ready."), 1047],
  [elsewhere(), 1042, 1043, 1081, 3168],
  [elsewhere("The connection was idle for longer than the server allows."), 4031],
  [lost("The server ended the connection."), 1053, 1077, 1078, 1079, 1080, 1927, 3169],
  [lost(), 1152, 1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161, 1184, 1835],
  [refused("Unblock this host on the server: FLUSH HOSTS."), 1129],
  [refused(LOGIN), 1044, 1045, 1130, 1251, 1698, 1820, 1862, 3118, 3159, 3955, 4151],

  // Set-up.
  [refused(MIGRATE), 1051, 1054, 1109, 1146, 1932],
  [refused(RIGHTS), 1142, 1143, 1227, 1370, 1419],
  [refused("Create the database, or correct its name."), 1046, 1049],
  [refused("Set binlog_format to ROW or MIXED."), 1598, 1663, 1665, 1844],
  [refused("The tables must be of an engine with transactions."), 1031, 1224, 1785, 3098],
  [refused(), 1175, 1193, 1210, 1215, 1221, 1238, 1286, 1295, 1298, 1356, 1449, 1478, 1524, 1558, 1709, 1826],
  [refused(), 1728, 1767, 1768, 1782, 1792, 1822, 1824, 1989, 3160, 3750, 3989],

  // Values and constraints; those of a class too, since Prisma does not pass the class on.
  [
    refused(),
    1048,
    1062,
    1063,
    1064,
    1136,
    1169,
    1216,
    1217,
    1263,
    1264,
    1292,
    1406,
    1451,
    1452,
    1557,
    1690,
    4025,
  ],
  [refused(), 1265, 1267, 1270, 1271, 1273, 1300, 1364, 1366, 1411, 1467, 1525, 3140, 3141, 3819],
  [refused(), 4035, 4036, 4037, 4038, 4039, 4040],

  // Damage.
  [refused("A table is damaged, or its files are."), 1016, 1017, 1018, 1033, 1034, 1035, 1036, 1194, 1195],
  [refused("A table is damaged, or its files are."), 1707, 1712, 1808, 1812, 1813, 1814, 1817, 1877, 1983],
  [refused(), 1004, 1005, 1012, 1013, 1024, 1025, 1032],
  [TROUBLE, 3, 1026, 1030, 1105, 1180, 1181, 1196, 1296, 1297, 1810, 1811, 1815, 1950, 1964],
];

export const BY_NUMBER: ReadonlyMap<number, Verdict> = new Map(
  ROWS.flatMap(([verdict, ...numbers]) => numbers.map((number): [number, Verdict] => [number, verdict])),
);
