#!lua flags=no-writes
-- Snapshots of wallets of one part. A script runs alone, so each is of one version.
-- ARGV[1]: JSON, a list of { wallet, unless?, receipts, grants, records, operations, lapsedSince? }
local VERSION, HEAD, GRANT, GRANTS_OPEN, GRANTS_LAPSED = KEYS[1], KEYS[2], KEYS[7], KEYS[9], KEYS[10]
local RECORD, RECORDS_OPEN, ENTRY, ENTRIES = KEYS[11], KEYS[13], KEYS[14], KEYS[15]
local RECEIPT, RECEIPTS_KEY = KEYS[16], KEYS[18]

local function rows(hash, members)
  local found = {}
  for first = 1, #members, 1000 do
    local some = { unpack(members, first, math.min(first + 999, #members)) }
    for _, row in ipairs(redis.call('HMGET', hash, unpack(some))) do
      if row then found[#found + 1] = row end
    end
  end
  return found
end

local function named(hash, wallet, names)
  local members = {}
  for i, name in ipairs(names) do members[i] = wallet .. '\0' .. name end
  return rows(hash, members)
end

local function under(index, from, to)
  return redis.call('ZRANGEBYLEX', index, from, to)
end

local function receipts(wallet, keys)
  local members = {}
  for _, key in ipairs(keys) do
    local member = redis.call('HGET', RECEIPTS_KEY, wallet .. '\0' .. key)
    if member then members[#members + 1] = member end
  end
  return rows(RECEIPT, members)
end

-- An operation's id says where its first entry stands; the others follow it without a gap.
local function operation(wallet, asked, found)
  local from = '[' .. asked.member
  while true do
    local members = redis.call('ZRANGEBYLEX', ENTRIES, from, '(' .. wallet .. '\1', 'LIMIT', 0, 100)
    for i, row in ipairs(rows(ENTRY, members)) do
      if cjson.decode(row).operationId ~= asked.id then return end
      found[#found + 1] = row
    end
    if #members < 100 then return end
    from = '(' .. members[100]
  end
end

local answers = {}
for i, read in ipairs(cjson.decode(ARGV[1])) do
  local wallet = read.wallet
  local version = redis.call('HGET', VERSION, wallet) or '0'
  local unchanged = version == read.unless
  local head, grants, records = '', {}, {}
  if not unchanged then
    head = redis.call('HGET', HEAD, wallet) or ''
    grants = rows(GRANT, under(GRANTS_OPEN, '[' .. wallet .. '\0', '(' .. wallet .. '\1'))
    records = rows(RECORD, under(RECORDS_OPEN, '[' .. wallet .. '\0', '(' .. wallet .. '\1'))
  end
  local entries = {}
  for _, asked in ipairs(read.operations) do operation(wallet, asked, entries) end
  local lapsed = {}
  if read.lapsedSince then
    for j, member in ipairs(under(GRANTS_LAPSED, '[' .. read.lapsedSince, '(' .. wallet .. '\1')) do
      -- wallet, instant of 17 digits, id
      lapsed[j] = wallet .. '\0' .. string.sub(member, #wallet + 20)
    end
    lapsed = rows(GRANT, lapsed)
  end
  answers[i] = {
    version, unchanged and 1 or 0, head, grants, records, receipts(wallet, read.receipts),
    named(GRANT, wallet, read.grants), named(RECORD, wallet, read.records), entries, lapsed,
  }
end
return answers
