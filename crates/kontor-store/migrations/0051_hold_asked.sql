-- Nobody has looked at a hold in time: how far those in charge were told since the last look. 0: not yet, 1 and
-- 2: that it is due, 3: that releasing it is proposed. law: R-122
ALTER TABLE hold ADD COLUMN asked BIGINT NOT NULL DEFAULT 0;
